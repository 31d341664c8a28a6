import type { Model } from './types.ts';

/** MODEL_STATUSES are the states that a model's latest version can be in. */
export const MODEL_STATUSES = ['ready', 'starting', 'pending', 'failed'] as const;
/** ModelStatus is one of them. */
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/** filterModels narrows models to those whose name, description, architecture or quantisation has the words, in a status. */
export function filterModels(
  models: readonly Model[],
  { search, status }: { search: string; status: ModelStatus | null },
): Model[] {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((model) => {
    const { latestVersion } = model;
    if (status !== null && latestVersion?.status !== status) return false;
    const text = [
      model.name,
      model.team,
      model.description,
      latestVersion?.metadata?.architecture,
      latestVersion?.metadata?.quantisation,
      latestVersion?.licence,
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** countByStatus counts models by their latest version's status, for the filter chips. */
export function countByStatus(models: readonly Model[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { latestVersion } of models) {
    const status = latestVersion?.status ?? 'pending';
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return counts;
}
