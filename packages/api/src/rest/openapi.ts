import { generateOpenApiDocument } from 'trpc-to-openapi';
import { appRouter } from '../root.ts';

/** OpenApiDocument is an OpenAPI 3.1 document. */
export type OpenApiDocument = ReturnType<typeof generateOpenApiDocument>;

let document: OpenApiDocument | undefined;

/** openApiDocument describes the REST API; it is made from the same procedures, once. */
export function openApiDocument(): OpenApiDocument {
  document ??= withNouns(
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

/** withNouns groups the operations by noun; the generator names them `<noun>-<procedure>`. */
function withNouns(made: OpenApiDocument): OpenApiDocument {
  for (const item of Object.values(made.paths ?? {})) {
    for (const operation of [item.get, item.post, item.put, item.patch, item.delete]) {
      const [noun] = operation?.operationId?.split('-') ?? [];
      if (operation && noun) operation.tags = [noun];
    }
  }
  return made;
}
