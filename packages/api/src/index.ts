export { type Context, type ContextInput, createContext, type UnexpectedError } from './context.ts';
export { describeError, type ErrorDetail } from './errors.ts';
export { handleRest } from './rest/handle-rest.ts';
export { openApiDocument } from './rest/openapi.ts';
export { type AppRouter, appRouter, createCaller } from './root.ts';
