export { type ChatMessage, type DatasetDocument, parseDataset } from './dataset.ts';
export { runTraining, workDirectoryOf } from './run-training.ts';
export { type Emit, type TrainingEvent, type TrainingSpec, type TrainingStep, trainingSpecSchema } from './spec.ts';
export { TrainingError } from './training-error.ts';
