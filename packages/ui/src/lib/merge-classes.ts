/** GROUPS name what a utility class decides: of two classes of one group the last one holds. Checked in order. */
const GROUPS: readonly [RegExp, string][] = [
  [/^text-(?:xs|sm|base|lg|\d?xl|\[\d)/, 'text-size'],
  [/^text-(?:left|right|center|start|end)$/, 'text-align'],
  [/^text-/, 'text-color'],
  [/^font-(?:normal|medium|semibold|bold)$/, 'font-weight'],
  [/^border-(?:line|accent|danger|success|warning|info|transparent)/, 'border-color'],
  [/^(?:block|inline|inline-block|flex|inline-flex|grid|hidden)$/, 'display'],
  [/^(?:static|fixed|absolute|relative|sticky)$/, 'position'],
  [/^rounded(?:-(?:none|sm|md|lg|full))?$/, 'rounded'],
];
const PREFIX =
  /^-?(h|w|size|min-w|max-w|min-h|max-h|p[xytrbl]?|m[xytrbl]?|gap(?:-[xy])?|bg|items|justify|self|leading|opacity|z|top|left|right|bottom|basis|grid-cols|col-span|shrink|grow|whitespace|overflow(?:-[xy])?)-/;

function groupOf(className: string): string {
  // `hover:` and the like make a group of their own; brackets may hold colons.
  const cut = className.search(/[^:[\]]*(?:\[.*\])?[^:]*$/);
  const variants = className.slice(0, cut);
  const utility = className.slice(cut);
  const named = GROUPS.find(([pattern]) => pattern.test(utility))?.[1] ?? PREFIX.exec(utility)?.[1];
  return `${variants}${named ?? utility}`;
}

/** mergeClasses keeps of the classes that decide the same thing only the last, so that a caller's class wins over a component's. */
export function mergeClasses(text: string): string {
  const kept = new Map<string, string>();
  for (const className of text.split(' ')) {
    if (className === '') continue;
    const group = groupOf(className);
    kept.delete(group);
    kept.set(group, className);
  }
  return [...kept.values()].join(' ');
}
