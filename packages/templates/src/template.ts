import type { FlavorKind, WorkloadSpec } from '@slipway/domain/catalog';
import type { z } from 'zod';

/** TemplateFlavor is the kind of slot that a workload is given. */
export interface TemplateFlavor {
  name: string;
  kind: FlavorKind;
}

/** ServingInput is one replica to run: where its model lies and what it is given. */
export interface ServingInput {
  key: string;
  /** modelPath is the GGUF file as the replica's machine sees it. */
  modelPath: string;
  /** modelId is the name that the replica answers to. */
  modelId: string;
  /** modelAliases are further names that it answers to. */
  modelAliases: string[];
  contextTokens: number;
  maxConcurrency: number;
  /** systemMessage is put before chats that have none; null leaves that to the model's template. */
  systemMessage: string | null;
  flavor: TemplateFlavor;
  slots: number;
  params: Record<string, unknown>;
}

/** TrainingInput is one run to start: base, data set and where the result goes. */
export interface TrainingInput {
  key: string;
  basePath: string;
  datasetPath: string;
  datasetFormat: 'text' | 'jsonl';
  /** outputPath is the GGUF file that the run leaves behind. */
  outputPath: string;
  /** workDirectory takes what the run writes on its way; whoever started the run removes it. */
  workDirectory: string;
  flavor: TemplateFlavor;
  slots: number;
  timeLimitSeconds: number;
  params: Record<string, unknown>;
}

interface TemplateBase {
  id: string;
  /** version changes with everything that changes what a render gives. */
  version: string;
  title: string;
  description: string;
  /** params is what the user may choose beyond the fields every workload of the kind has; forms are made from it. */
  params: z.ZodObject;
}

/** ServingTemplate is a golden path that ends in an endpoint. */
export interface ServingTemplate extends TemplateBase {
  kind: 'serving';
  render(input: ServingInput): WorkloadSpec;
}

/** TrainingTemplate is a golden path that ends in a model version. */
export interface TrainingTemplate extends TemplateBase {
  kind: 'training';
  render(input: TrainingInput): WorkloadSpec;
}

/** Template is one golden path. */
export type Template = ServingTemplate | TrainingTemplate;
