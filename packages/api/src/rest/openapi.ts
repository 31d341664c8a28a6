import { HTTP_STATUS } from '@slipway/domain';
import { generateOpenApiDocument } from 'trpc-to-openapi';
import { z } from 'zod';
import { appRouter } from '../root.ts';

/** OpenApiDocument is an OpenAPI 3.1 document. */
export type OpenApiDocument = ReturnType<typeof generateOpenApiDocument>;
type PathItem = NonNullable<OpenApiDocument['paths']>[string];
type Operation = NonNullable<PathItem['get']>;
type Schemas = NonNullable<NonNullable<OpenApiDocument['components']>['schemas']>;

/** restErrorSchema is the body of every answer that is not 200. */
export const restErrorSchema = z.object({
  code: z.enum(['invalid_input', 'unauthenticated', 'not_allowed', 'not_found', 'conflict', 'unavailable', 'internal']),
  message: z.string().meta({ description: 'What happened, why, and what to do.' }),
  field: z.string().nullable().meta({ description: 'The input field at fault.' }),
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
  requestId: z.string(),
});

const ERROR_WORDS: Record<number, string> = {
  400: 'The input is wrong',
  401: 'Nobody is signed in, or the token opens nothing',
  403: 'A permission is missing',
  404: 'It does not exist, or is none of your business',
  409: 'The present state refuses the change',
  500: 'A fault of ours; the request id finds it in the log',
  503: 'Something outside does not answer now; try again',
};

let document: OpenApiDocument | undefined;

/** openApiDocument describes the REST API; it is made from the same procedures, once. */
export function openApiDocument(): OpenApiDocument {
  document ??= complete(
    generateOpenApiDocument(appRouter, {
      title: 'Slipway',
      description: 'Self-service machine learning on your own GPUs. Every verb of the portal is here.',
      version: '1',
      baseUrl: '/api/v1',
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A personal access token (slpat_…)' } },
    }),
  );
  return document;
}

/** complete puts our own errors in the place of the generator's, which answers other bodies than we do. */
function complete(made: OpenApiDocument): OpenApiDocument {
  for (const item of Object.values(made.paths ?? {})) {
    for (const operation of [item.get, item.post, item.put, item.patch, item.delete]) {
      if (operation !== undefined) completeOperation(operation);
    }
  }
  const { $schema: _, ...error } = z.toJSONSchema(restErrorSchema);
  made.components = { ...made.components, schemas: { Error: error as Schemas[string] } };
  return made;
}

function completeOperation(operation: Operation): void {
  // The generator names operations `<noun>-<procedure>`.
  operation.tags = operation.operationId?.split('-').slice(0, 1) ?? [];
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  const statuses = [...Object.values(HTTP_STATUS), 500].sort((a, b) => a - b);
  const errors = statuses.map((status) => [status, { description: ERROR_WORDS[status] ?? 'Error', content }]);
  operation.responses = { 200: operation.responses?.[200], ...Object.fromEntries(errors) };
  const body = operation.requestBody;
  if (body !== undefined && 'content' in body) {
    const schema = body.content['application/json']?.schema;
    const required = schema !== undefined && 'required' in schema ? (schema.required ?? []) : [];
    body.required = required.length > 0;
  }
}
