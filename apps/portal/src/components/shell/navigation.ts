import {
  Activity,
  Banknote,
  BookOpen,
  Boxes,
  ClipboardCheck,
  Cpu,
  Gauge,
  House,
  KeyRound,
  LayoutTemplate,
  type LucideIcon,
  MessageSquare,
  Rocket,
  ScrollText,
  Tags,
  Users,
  UsersRound,
} from 'lucide-react';

/** NavigationItem is a page of the rail and the palette; `match` is the beginning of the addresses below it. */
export interface NavigationItem {
  id: string;
  label: string;
  href: string;
  icon: LucideIcon;
  match: RegExp;
}
/** NavigationGroup is a heading with pages. */
export interface NavigationGroup {
  id: string;
  label: string;
  items: NavigationItem[];
}
/** NavigationInput: `can` answers for the platform and for the team. */
export interface NavigationInput {
  teamSlug: string | null;
  can(permission: 'quota:decide' | 'user:manage' | 'team:create' | 'price:write' | 'audit:read' | 'cost:read'): boolean;
}

const page = (id: string, label: string, icon: LucideIcon, href: string): NavigationItem => ({
  id,
  label,
  href,
  icon,
  match: new RegExp(`^${href}(?:/|$)`),
});

/** navigationFor lists the pages that a person has: the team's nouns, then the platform's. */
export function navigationFor({ teamSlug, can }: NavigationInput): NavigationGroup[] {
  const home: NavigationItem = { id: 'home', label: 'Home', href: '/', icon: House, match: /^\/$/ };
  const base = `/teams/${teamSlug}`;
  const team = [
    page('playground', 'Playground', MessageSquare, `${base}/playground`),
    page('models', 'Models', Boxes, `${base}/models`),
    page('training', 'Training', Activity, `${base}/training`),
    page('datasets', 'Data sets', BookOpen, `${base}/datasets`),
    page('endpoints', 'Endpoints', Rocket, `${base}/endpoints`),
    page('quota', 'Quota', Gauge, `${base}/quota`),
    page('costs', 'Costs', Banknote, `${base}/costs`),
    page('keys', 'API keys', KeyRound, `${base}/keys`),
    page('members', 'Members', UsersRound, `${base}/members`),
  ];
  const platform = [
    ...(can('quota:decide') ? [page('requests', 'Requests', ClipboardCheck, '/requests')] : []),
    ...(can('team:create') ? [page('teams', 'Teams', UsersRound, '/admin/teams')] : []),
    ...(can('user:manage') ? [page('people', 'People', Users, '/admin/people')] : []),
    page('clusters', 'Clusters', Cpu, '/admin/clusters'),
    page('prices', 'Prices', Tags, '/admin/prices'),
    page('templates', 'Templates', LayoutTemplate, '/admin/templates'),
    ...(can('cost:read') ? [page('all-costs', 'All costs', Banknote, '/costs')] : []),
    ...(can('audit:read') ? [page('audit', 'Audit', ScrollText, '/admin/audit')] : []),
  ];
  return [
    { id: 'team', label: 'Team', items: teamSlug === null ? [home] : [home, ...team] },
    { id: 'platform', label: 'Platform', items: platform },
  ];
}
