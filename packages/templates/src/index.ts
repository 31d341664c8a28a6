import { fineTuneSmallLm } from './fine-tune-small-lm.ts';
import { llmEndpoint } from './llm-endpoint.ts';
import type { Template } from './template.ts';

export {
  type EngineProgram,
  engineProgramSchema,
  type TrainProgram,
  trainProgramSchema,
} from './program-config.ts';
export type {
  ServingInput,
  ServingTemplate,
  Template,
  TemplateFlavor,
  TrainingInput,
  TrainingTemplate,
} from './template.ts';
export { fineTuneSmallLm, llmEndpoint };

/** TEMPLATES is every golden path. */
export const TEMPLATES: readonly Template[] = [fineTuneSmallLm, llmEndpoint];

/** findTemplate is the golden path of that id, or undefined. */
export function findTemplate(id: string): Template | undefined {
  return TEMPLATES.find((template) => template.id === id);
}
