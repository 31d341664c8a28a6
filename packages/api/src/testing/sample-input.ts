import type { ProcedureContract } from '@slipway/domain';
import { z } from 'zod';

// Values for fields whose type alone does not say what is valid.
const BY_NAME: Record<string, unknown> = {
  email: 'guest@example.com',
  from: '2026-03-01',
  to: '2026-03-02',
  password: 'a long enough one',
  template: 'fine-tune-small-lm',
};
const UNIONS = [
  { kind: 'path', path: '/nowhere' },
  { kind: 'text', text: 'a line' },
];

/** sampleInput makes an input that the contract accepts; `given` goes before what is made up. */
export function sampleInput(contract: ProcedureContract, given: Record<string, unknown>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(contract.input.shape) as [string, z.ZodType][]) {
    if (name in given) input[name] = given[name];
    else if (!schema.safeParse(undefined).success) input[name] = BY_NAME[name] ?? sampleValue(schema);
  }
  return input;
}

function sampleValue(schema: z.ZodType): unknown {
  const candidates = [...UNIONS, 'sample', 1, true, [], {}, 'sha256:'.padEnd(71, '0')];
  const options = schema instanceof z.ZodEnum ? schema.options : [];
  return [...options, ...candidates].find((candidate) => schema.safeParse(candidate).success);
}
