import { EngineError } from '../engine/errors.ts';

type Schema = Record<string, unknown>;

// Small models like to write blanks for ever: at most one line break and some indentation between two marks.
const PRIMITIVES: Record<string, string> = {
  ws: '| " " | "\\n" [ \\t]{0,20}',
  char: '[^"\\\\\\x7F\\x00-\\x1F] | [\\\\] (["\\\\bfnrt] | "u" [0-9a-fA-F]{4})',
  string: '"\\"" char* "\\""',
  integer: '"-"? (["0"] | [1-9] [0-9]{0,15})',
  number: '"-"? ([0] | [1-9] [0-9]{0,15}) ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?',
  boolean: '"true" | "false"',
  null: '"null"',
  value: 'object | array | string | number | boolean | null',
  object: '"{" ws (string ws ":" ws value (ws "," ws string ws ":" ws value)*)? ws "}"',
  array: '"[" ws (value (ws "," ws value)*)? ws "]"',
};

/** JSON_OBJECT_GRAMMAR is GBNF for any JSON object. */
export const JSON_OBJECT_GRAMMAR = toText({ ...PRIMITIVES, root: 'object' });

/**
 * jsonSchemaGrammar writes GBNF that accepts exactly the shape of a JSON schema. Properties come in the schema's order.
 * Numeric ranges and formats are not enforced; what would change the shape and is not supported throws.
 */
export function jsonSchemaGrammar(schema: Schema): string {
  const writer = new GrammarWriter(schema);
  const root = writer.write(schema, 'root-value');
  const grammar = toText({ ...PRIMITIVES, ...writer.rules, root });
  if (grammar.length > MAX_GRAMMAR_LENGTH) throw unsupported(`more than ${MAX_GRAMMAR_LENGTH} characters of grammar`);
  return grammar;
}

// A larger grammar takes so long to read that other requests would notice.
const MAX_GRAMMAR_LENGTH = 64 * 1024;
// llama.cpp writes repetitions out and refuses longer ones.
const MAX_REPETITIONS = 2000;

const UNSUPPORTED = ['not', 'if', 'pattern', 'patternProperties', 'dependentSchemas', 'contains', 'prefixItems'];

class GrammarWriter {
  readonly rules: Record<string, string> = {};
  private readonly root: Schema;
  private readonly references = new Map<string, string>();

  constructor(root: Schema) {
    this.root = root;
  }

  /** write returns an expression for a schema, adding rules where one is needed. */
  write(schema: unknown, name: string): string {
    if (schema === true || schema === undefined) return 'value';
    if (!isSchema(schema)) throw unsupported('a schema that is not an object');
    const keyword = UNSUPPORTED.find((candidate) => candidate in schema);
    if (keyword !== undefined) throw unsupported(`"${keyword}"`);
    if (typeof schema.$ref === 'string') return this.reference(schema.$ref);
    if ('const' in schema) return literal(schema.const);
    if (Array.isArray(schema.enum)) return group(schema.enum.map(literal));
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(alternatives)) {
      return group(alternatives.map((alternative, index) => this.write(alternative, `${name}-${index}`)));
    }
    if (Array.isArray(schema.allOf)) return this.write(mergeAll(schema), name);
    return this.typed(schema, name);
  }

  private typed(schema: Schema, name: string): string {
    if (Array.isArray(schema.type)) {
      return group(schema.type.map((type, index) => this.write({ ...schema, type }, `${name}-${index}`)));
    }
    const type = schema.type ?? (isSchema(schema.properties) ? 'object' : 'value');
    if (type === 'object') return this.object(schema, name);
    if (type === 'array') return this.array(schema, name);
    if (type === 'string') return stringOf(schema);
    if (typeof type === 'string' && type in PRIMITIVES) return type;
    throw unsupported(`type ${JSON.stringify(type)}`);
  }

  private reference(ref: string): string {
    const known = this.references.get(ref);
    if (known !== undefined) return known;
    const target = resolve(this.root, ref);
    const rule = `ref-${this.references.size}`;
    this.references.set(ref, rule);
    this.rules[rule] = this.write(target, `${rule}-value`);
    return rule;
  }

  private object(schema: Schema, name: string): string {
    const properties = isSchema(schema.properties) ? Object.entries(schema.properties) : [];
    if (properties.length === 0) {
      if (schema.additionalProperties === false) return '"{" ws "}"';
      if (!isSchema(schema.additionalProperties)) return 'object';
      const value = this.rule(`${name}-value`, this.write(schema.additionalProperties, `${name}-value`));
      return `"{" ws (string ws ":" ws ${value} (ws "," ws string ws ":" ws ${value})*)? ws "}"`;
    }
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const members = properties.map(([key, value], index) => ({
      isRequired: required.has(key),
      rule: this.rule(`${name}-m${index}`, `${literal(key)} ws ":" ws ${this.write(value, `${name}-p${index}`)}`),
    }));
    return `"{" ws ${this.rule(`${name}-members`, this.members(members, name))} ws "}"`;
  }

  // rest-i is what may follow when a member before i was written: each needs a comma; first-i when none was yet.
  private members(members: readonly { isRequired: boolean; rule: string }[], name: string): string {
    let rest = '""';
    let first = '""';
    for (let index = members.length - 1; index >= 0; index -= 1) {
      const member = members[index];
      if (member === undefined) continue;
      const after = this.rule(`${name}-r${index + 1}`, rest);
      const skipped = this.rule(`${name}-f${index + 1}`, first);
      rest = `ws "," ws ${member.rule} ${after}`;
      first = `${member.rule} ${after}`;
      if (!member.isRequired) {
        rest = `${rest} | ${after}`;
        first = `${first} | ${skipped}`;
      }
    }
    return first;
  }

  private array(schema: Schema, name: string): string {
    const item = this.rule(`${name}-item`, this.write(schema.items, `${name}-item-value`));
    const least = numberOr(schema.minItems, 0);
    const most = numberOr(schema.maxItems, null);
    if (most === 0) return '"[" ws "]"';
    const repeat = `{${Math.max(0, (least ?? 0) - 1)},${most === null ? '' : most - 1}}`;
    const items = `${item} (ws "," ws ${item})${repeat}`;
    return `"[" ws ${least === 0 ? `(${items})?` : items} ws "]"`;
  }

  private rule(name: string, body: string): string {
    this.rules[name] = body;
    return name;
  }
}

function stringOf(schema: Schema): string {
  const least = numberOr(schema.minLength, 0);
  const most = numberOr(schema.maxLength, null);
  if (least === 0 && most === null) return 'string';
  return `"\\"" char{${least},${most ?? ''}} "\\""`;
}

function numberOr<T>(value: unknown, other: T): number | T {
  if (typeof value === 'number' && value > MAX_REPETITIONS) throw unsupported(`a bound above ${MAX_REPETITIONS}`);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : other;
}

function mergeAll(schema: Schema): Schema {
  const { allOf, ...rest } = schema;
  const parts = [...(Array.isArray(allOf) ? allOf : []), rest].filter(isSchema);
  const merged: Schema = {};
  for (const part of parts) {
    if ('$ref' in part && parts.length > 2) throw unsupported('"allOf" of several references');
    const properties = { ...(merged.properties as Schema | undefined), ...(part.properties as Schema | undefined) };
    const required = [...((merged.required as unknown[]) ?? []), ...((part.required as unknown[]) ?? [])];
    Object.assign(merged, part);
    if (Object.keys(properties).length > 0) Object.assign(merged, { properties, required });
  }
  return merged;
}

function resolve(root: Schema, ref: string): unknown {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) throw unsupported(`"$ref" to ${ref}`);
  let found: unknown = root;
  for (const part of ref.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isSchema(found) ? found[key] : undefined;
  }
  if (found === undefined) throw unsupported(`"$ref" to ${ref}, which is not there`);
  return found;
}

function literal(value: unknown): string {
  // Written twice as JSON: once as the JSON text, once as the GBNF string that holds it.
  return JSON.stringify(JSON.stringify(value));
}

function group(alternatives: readonly string[]): string {
  if (alternatives.length === 0) throw unsupported('an empty list of alternatives');
  return `(${alternatives.join(' | ')})`;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unsupported(what: string): EngineError {
  return new EngineError('invalid', `The JSON schema uses ${what}, which is not supported`, {
    code: 'unsupported_json_schema',
  });
}

function toText(rules: Record<string, string>): string {
  return Object.entries(rules)
    .map(([name, body]) => `${name} ::= ${body}`)
    .join('\n');
}
