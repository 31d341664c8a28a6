/** TrainingError is a run that cannot start or go on, said so that the person who started it can act on it. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}
