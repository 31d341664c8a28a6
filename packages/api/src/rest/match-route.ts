import { CONTRACT, type ProcedureContract } from '@slipway/domain';

/** Route is a contract with the name of its procedure. */
export interface Route {
  noun: keyof typeof CONTRACT;
  name: string;
  contract: ProcedureContract;
}

/** RouteMatch is the procedure that a path means; other methods of a known path are told apart from an unknown path. */
export type RouteMatch =
  | { kind: 'found'; route: Route; params: Record<string, string> }
  | { kind: 'wrong_method'; allowed: string[] }
  | { kind: 'unknown' };

/** ROUTES is every REST route. */
export const ROUTES: readonly Route[] = Object.entries(CONTRACT).flatMap(([noun, verbs]) =>
  Object.entries(verbs).map(([name, contract]) => ({ noun: noun as Route['noun'], name, contract })),
);

const PATTERNS = ROUTES.map((route) => ({ route, parts: route.contract.path.split('/').slice(1) }));

/** matchRoute finds the procedure of a method and a path below /api/v1. A literal part wins over a parameter. */
export function matchRoute(method: string, path: string): RouteMatch {
  const given = path.split('/').slice(1);
  const matching = PATTERNS.filter(({ parts }) => isMatch(parts, given)).sort(
    (a, b) => countParameters(a.parts) - countParameters(b.parts),
  );
  if (matching.length === 0) return { kind: 'unknown' };
  const hit = matching.find(({ route }) => route.contract.method === method);
  if (hit === undefined) return { kind: 'wrong_method', allowed: matching.map(({ route }) => route.contract.method) };
  const params: Record<string, string> = {};
  hit.parts.forEach((part, index) => {
    if (isParameter(part)) params[part.slice(1, -1)] = decodePart(given[index] ?? '');
  });
  return { kind: 'found', route: hit.route, params };
}

const isParameter = (part: string) => part.startsWith('{');
const countParameters = (parts: readonly string[]) => parts.filter(isParameter).length;

function isMatch(parts: readonly string[], given: readonly string[]): boolean {
  return (
    parts.length === given.length && parts.every((part, i) => (isParameter(part) ? given[i] !== '' : part === given[i]))
  );
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray per cent sign is taken as it stands; the schema decides about it.
    return part;
  }
}
