/** versionHref is the page of a version as a team sees it, from its label `team/model:version`. */
export function versionHref(team: string, label: string, id: string): string {
  const model = /^[^/]+\/(.+):\d+$/.exec(label)?.[1] ?? label;
  return `/teams/${team}/models/${model}/versions/${id}`;
}
