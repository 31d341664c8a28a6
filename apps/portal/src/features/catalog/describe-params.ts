import { z } from 'zod';

/** ParamText is one parameter of a template in words. */
export interface ParamText {
  name: string;
  title: string;
  allowed: string;
  defaultText: string;
  description: string;
}

const propertySchema = z.looseObject({
  title: z.string().optional(),
  description: z.string().optional(),
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.looseObject({ const: z.unknown() })).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
const schema = z.looseObject({ properties: z.record(z.string(), propertySchema).default({}) });

/** describeParams reads a template's JSON Schema as rows. */
export function describeParams(paramsSchema: Record<string, unknown>, defaults: Record<string, unknown>): ParamText[] {
  const { properties } = schema.parse(paramsSchema);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    title: property.title ?? name,
    allowed: allowedText(property),
    defaultText: defaults[name] === undefined ? 'none' : String(defaults[name]),
    description: property.description ?? '',
  }));
}

function allowedText(property: z.infer<typeof propertySchema>): string {
  const choices = property.enum ?? property.anyOf?.map((one) => one.const);
  if (choices !== undefined) return choices.map(String).join(' or ');
  if (property.minimum !== undefined && property.maximum !== undefined)
    return `${property.minimum} to ${property.maximum}`;
  return property.type ?? 'any';
}
