/** ParamField is one field of a form made from a template's JSON schema. */
export interface ParamField {
  name: string;
  label: string;
  help: string;
  kind: 'integer' | 'number' | 'choice' | 'text';
  unit: string | null;
  min: number | null;
  max: number | null;
  choices: readonly (string | number)[];
  defaultValue: string;
  isRequired: boolean;
  /** isAdvanced fields are folded away: their default is right for most. */
  isAdvanced: boolean;
}

type Json = Record<string, unknown>;

/** paramFields lists the fields of a template's params schema in its order; what a form cannot show yet is left to its default. */
export function paramFields(schema: Json, defaults: Json): ParamField[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const kind = kindOf(property);
    if (kind === null) return [];
    const initial = defaults[name] ?? property.default;
    return {
      name,
      label: typeof property.title === 'string' ? property.title : wordsOf(name),
      help: typeof property.description === 'string' ? property.description : '',
      kind,
      unit: typeof property.unit === 'string' ? property.unit : null,
      min: boundOf(property.minimum),
      max: boundOf(property.maximum),
      choices: kind === 'choice' ? choicesOf(property) : [],
      defaultValue: initial === undefined || initial === null ? '' : String(initial),
      isRequired: required.includes(name) || initial !== undefined,
      isAdvanced: property.advanced === true,
    };
  });
}

/** checkParam answers what is wrong with a typed value, or null. */
export function checkParam(field: ParamField, text: string): string | null {
  if (text.trim() === '') return field.isRequired ? `Give ${lowerFirst(field.label)}.` : null;
  if (field.kind === 'choice') {
    return field.choices.some((choice) => String(choice) === text) ? null : 'Choose one of the list.';
  }
  if (field.kind === 'text') return null;
  const value = Number(text);
  if (!Number.isFinite(value)) return 'Give a number.';
  if (field.kind === 'integer' && !Number.isInteger(value)) return 'Give a whole number.';
  const isBelow = field.min !== null && value < field.min;
  const isAbove = field.max !== null && value > field.max;
  return isBelow || isAbove ? `Give a number ${rangeOf(field)}.` : null;
}

/** rangeOf says the bounds of a number in words. */
export function rangeOf({ min, max }: Pick<ParamField, 'min' | 'max'>): string {
  if (min !== null && max !== null) return `from ${shown(min)} to ${shown(max)}`;
  if (min !== null) return `of at least ${shown(min)}`;
  return max === null ? '' : `of at most ${shown(max)}`;
}

/** paramValues turns what was typed into the params of a launch; empty optional fields are left out. */
export function paramValues(fields: readonly ParamField[], typed: Record<string, string>): Json {
  const values: Json = {};
  for (const field of fields) {
    const text = (typed[field.name] ?? field.defaultValue).trim();
    if (text === '') continue;
    if (field.kind === 'text') values[field.name] = text;
    else if (field.kind === 'choice') {
      values[field.name] = field.choices.find((choice) => String(choice) === text) ?? text;
    } else values[field.name] = Number(text);
  }
  return values;
}

function kindOf(property: Json): ParamField['kind'] | null {
  if (choicesOf(property).length > 0) return 'choice';
  if (property.type === 'integer') return 'integer';
  if (property.type === 'number') return 'number';
  return property.type === 'string' ? 'text' : null;
}

function choicesOf(property: Json): (string | number)[] {
  const from = Array.isArray(property.enum)
    ? property.enum
    : Array.isArray(property.anyOf)
      ? property.anyOf.map((one) => (isObject(one) ? one.const : undefined))
      : [];
  return from.filter((choice) => typeof choice === 'string' || typeof choice === 'number');
}

// JSON schema bounds an unbounded integer by what a double holds; that is no bound worth showing.
const boundOf = (value: unknown) =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const wordsOf = (name: string) => {
  const words = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
// 0.000001 is read more easily than 1e-6 beside 0.01.
const shown = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: 8, useGrouping: false });
