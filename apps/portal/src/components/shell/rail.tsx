'use client';
import { cn, Link } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Ship } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useTRPC } from '@/trpc/client.tsx';
import { canDo, useCan, useMe, useTeam } from '../use-me.ts';
import { navigationFor } from './navigation.ts';
import { TeamSwitcher } from './team-switcher.tsx';

/** useNavigation is the rail's groups for the person and team at hand. */
export function useNavigation() {
  const me = useMe();
  const team = useTeam();
  return navigationFor({ teamSlug: team?.slug ?? null, can: (permission) => canDo(me, permission) });
}

/** usePendingRequests is how many quota requests wait for a decision; null for who does not decide. */
function usePendingRequests(): number | null {
  const trpc = useTRPC();
  const isDecider = useCan('quota:decide');
  const query = useQuery({
    ...trpc.quota.listQuotaRequests.queryOptions({ status: 'pending', limit: 1 }),
    enabled: isDecider,
  });
  return isDecider ? (query.data?.pendingCount ?? null) : null;
}

/** Rail is the way about: the team's nouns, then the platform's. */
export function Rail({ onNavigate }: { onNavigate?: () => void }) {
  const path = usePathname();
  const groups = useNavigation();
  const pending = usePendingRequests();
  return (
    <div className="flex h-full flex-col gap-3 overflow-y-auto p-3">
      <Link
        href="/"
        className="flex h-8 items-center gap-2 rounded-md px-2 font-semibold text-[15px] text-ink"
        onClick={onNavigate}
      >
        <Ship aria-hidden className="size-4.5 text-accent-text" />
        Slipway
      </Link>
      <TeamSwitcher onNavigate={onNavigate} />
      <nav aria-label="Main" className="flex flex-col gap-4">
        {groups.map((group) => (
          <div key={group.id}>
            <p className="px-2 pb-1 font-medium text-[11.5px] text-ink-subtle">{group.label}</p>
            <ul className="flex flex-col gap-px">
              {group.items.map((item) => {
                const isOpen = item.match.test(path);
                return (
                  <li key={item.id}>
                    <Link
                      href={item.href}
                      aria-current={isOpen ? 'page' : undefined}
                      onClick={onNavigate}
                      className={cn(
                        'flex h-8 items-center gap-2.5 rounded-md px-2 text-[13.5px] text-ink-muted hover:bg-surface-hover hover:text-ink pointer-coarse:min-h-11',
                        isOpen && 'bg-surface-hover font-medium text-ink',
                      )}
                    >
                      <item.icon aria-hidden className={cn('size-4 shrink-0', isOpen && 'text-accent-text')} />
                      <span className="flex-1">{item.label}</span>
                      {item.id === 'requests' && pending !== null && pending > 0 ? (
                        <span className="numeric rounded-full bg-accent px-1.5 font-semibold text-[11px] text-accent-ink leading-4.5">
                          {pending}
                          <span className="sr-only"> waiting</span>
                        </span>
                      ) : null}
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
    </div>
  );
}
