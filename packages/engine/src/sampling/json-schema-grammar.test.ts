import { describe, expect, test } from 'vitest';
import { JSON_OBJECT_GRAMMAR, jsonSchemaGrammar } from './json-schema-grammar.ts';

/** rulesOf reads a grammar's rules; every rule that is used must be there. */
function rulesOf(grammar: string): Map<string, string> {
  const rules = new Map(grammar.split('\n').map((line) => line.split(' ::= ', 2) as [string, string]));
  for (const [name, body] of rules) {
    const words = body.replace(/"(\\.|[^"\\])*"|\[(\\.|[^\]\\])*\]|\{[^}]*\}/g, ' ').match(/[a-z][a-z0-9-]*/g) ?? [];
    for (const word of words) expect(rules.has(word), `${name} uses ${word}`).toBe(true);
  }
  return rules;
}

describe('jsonSchemaGrammar', () => {
  test('every JSON object has a grammar whose rules are all there', () => {
    expect(rulesOf(JSON_OBJECT_GRAMMAR).get('root')).toBe('object');
  });

  const roots: Record<string, [Record<string, unknown>, string]> = {
    'a constant is itself': [{ const: 'a"b' }, '"\\"a\\\\\\"b\\""'],
    'an enumeration is its values': [{ enum: ['a', 1, null] }, '("\\"a\\"" | "1" | "null")'],
    'several types are alternatives': [{ type: ['string', 'null'] }, '(string | null)'],
    'lengths bound a string': [{ type: 'string', minLength: 2, maxLength: 4 }, '"\\"" char{2,4} "\\""'],
    'an object without properties is any object': [{ type: 'object' }, 'object'],
    'an object that allows nothing is empty': [{ type: 'object', additionalProperties: false }, '"{" ws "}"'],
    'a schema that says nothing is any value': [{}, 'value'],
    'a list of no items is empty': [{ type: 'array', maxItems: 0 }, '"[" ws "]"'],
  };
  test.each(Object.entries(roots))('%s', (_, [schema, root]) => {
    expect(rulesOf(jsonSchemaGrammar(schema)).get('root')).toBe(root);
  });

  test('nested objects, references and lists name only rules that exist', () => {
    const rules = rulesOf(
      jsonSchemaGrammar({
        type: 'object',
        properties: {
          first: { $ref: '#/$defs/node' },
          many: { type: 'array', items: { $ref: '#/$defs/node' }, minItems: 2, maxItems: 5 },
          maybe: { anyOf: [{ type: 'number' }, { type: 'boolean' }] },
          map: { type: 'object', additionalProperties: { type: 'integer' } },
        },
        required: ['first'],
        $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
      }),
    );
    expect(rules.get('root-value-m1')).toContain('"\\"many\\"" ws ":" ws "["');
  });

  const refused: Record<string, Record<string, unknown>> = {
    'a pattern': { type: 'string', pattern: '^a' },
    'a negation': { not: { type: 'string' } },
    'a type that does not exist': { type: 'date' },
    'a reference to nowhere': { $ref: '#/$defs/missing' },
    'a reference to another document': { $ref: 'https://example.com/schema.json' },
    'an empty enumeration': { enum: [] },
    'a bound too large to write out': { type: 'string', maxLength: 1_000_000 },
    'more than can be read quickly': { enum: Array.from({ length: 9000 }, (_, index) => `value ${index}`) },
  };
  test.each(Object.entries(refused))('refuses %s, and says so', (_, schema) => {
    expect(() => jsonSchemaGrammar({ type: 'object', properties: { a: schema } })).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'unsupported_json_schema' }),
    );
  });
});
