import type { ProcedureContract } from '@slipway/domain';
import { z } from 'zod';

interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  format?: string;
  pattern?: string;
  minimum?: number;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

/** sampleOutput is a valid answer of a contract: everything there, lists with one item. */
export function sampleOutput(contract: ProcedureContract): Record<string, unknown> {
  const schema = z.toJSONSchema(contract.output, { reused: 'inline' }) as JsonSchema;
  return contract.output.parse(sample(schema, 'sample'));
}

function sample(schema: JsonSchema, name: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices?.[0] !== undefined) return sample(choices[0], name);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, value]) => [key, sample(value, key)]),
      );
    case 'array':
      return schema.items === undefined ? [] : [sample(schema.items, name)];
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'string':
      return text(schema, name);
    default:
      return null;
  }
}

function text({ format, pattern }: JsonSchema, name: string): string {
  if (format === 'date-time') return '2026-05-01T10:00:00.000Z';
  if (format === 'date') return '2026-05-01';
  return pattern?.includes('sha256') ? `sha256:${'a'.repeat(64)}` : name;
}
