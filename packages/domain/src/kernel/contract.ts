import { z } from 'zod';
import type { Permission } from '../access/permissions.ts';

/** Access says who may call: anybody, anybody signed in, or holders of a permission. */
export type Access = 'public' | 'signed_in' | Permission;

/** ProcedureContract is one verb of the platform: tRPC, REST, CLI and the permission check are all made from it. */
export interface ProcedureContract<
  Kind extends 'query' | 'mutation' = 'query' | 'mutation',
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> {
  kind: Kind;
  /** access is checked against the team named by the input's `team` slug when there is one, else against the platform role. */
  access: Access;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** path under /api/v1; `{name}` takes the input field of that name. */
  path: `/${string}`;
  summary: string;
  input: Input;
  output: Output;
}

/** query declares a verb that reads; POST is for those whose input does not fit a query string. */
export function query<I extends z.ZodObject, O extends z.ZodObject>(
  contract: Omit<ProcedureContract<'query', I, O>, 'kind' | 'method'> & {
    method?: 'GET' | 'POST';
  },
): ProcedureContract<'query', I, O> {
  return { kind: 'query', ...contract, method: contract.method ?? 'GET' };
}

/** mutation declares a verb that changes something; it is authorised, audited and atomic. */
export function mutation<I extends z.ZodObject, O extends z.ZodObject>(
  contract: Omit<ProcedureContract<'mutation', I, O>, 'kind' | 'method'> & {
    method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  },
): ProcedureContract<'mutation', I, O> {
  return { kind: 'mutation', ...contract, method: contract.method ?? 'POST' };
}

/** InputOf is what a caller of the contract passes. */
export type InputOf<C extends ProcedureContract> = z.input<C['input']>;
/** ParsedInputOf is what a use-case receives. */
export type ParsedInputOf<C extends ProcedureContract> = z.output<C['input']>;
/** OutputOf is what the contract answers. */
export type OutputOf<C extends ProcedureContract> = z.output<C['output']>;

/** nothing is the empty input or output. */
export const nothing = z.object({});
