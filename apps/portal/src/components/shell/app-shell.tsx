'use client';
import { Dialog, IconButton } from '@slipway/ui';
import { Menu, Search } from 'lucide-react';
import { type ReactNode, Suspense, useState } from 'react';
import { LiveProvider } from '@/trpc/live.tsx';
import { HomeTeamContext } from '../use-me.ts';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionState } from './connection-state.tsx';
import { Rail } from './rail.tsx';
import { StarterBanner } from './starter-banner.tsx';
import { UserMenu } from './user-menu.tsx';

/** AppShell is what stands around every page of a signed-in person. */
export function AppShell({ homeTeam, children }: { homeTeam: string | null; children: ReactNode }) {
  return (
    <HomeTeamContext value={homeTeam}>
      <LiveProvider>
        <a
          href="#content"
          className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <div className="flex min-h-dvh">
          <aside
            aria-label="Navigation"
            className="sticky top-0 hidden h-dvh w-56 shrink-0 border-line border-r bg-surface lg:block"
          >
            <Rail />
          </aside>
          <div className="flex min-w-0 flex-1 flex-col">
            <TopBar />
            <StarterBanner />
            <main
              id="content"
              tabIndex={-1}
              className="mx-auto w-full max-w-[1280px] flex-1 px-4 py-6 outline-none sm:px-6"
            >
              {children}
            </main>
          </div>
        </div>
      </LiveProvider>
    </HomeTeamContext>
  );
}

function TopBar() {
  const [isRailOpen, setRailOpen] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-line border-b bg-background/95 px-3 backdrop-blur sm:px-6">
      <span className="lg:hidden">
        <IconButton label="Open navigation" onClick={() => setRailOpen(true)}>
          <Menu aria-hidden />
        </IconButton>
      </span>
      <Dialog isOpen={isRailOpen} onOpenChange={setRailOpen} title="Navigation" side="left">
        <div className="-mx-5">
          <Rail onNavigate={() => setRailOpen(false)} />
        </div>
      </Dialog>
      <button
        type="button"
        onClick={() => setPaletteOpen(true)}
        className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-[13px] text-ink-subtle hover:border-line-strong sm:max-w-80 pointer-coarse:min-h-11"
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className="flex-1 truncate text-left">Go to page or object</span>
        <kbd className="hidden rounded-sm border border-line px-1 font-mono text-[11px] sm:inline">Ctrl K</kbd>
      </button>
      <CommandPalette isOpen={isPaletteOpen} onOpenChange={setPaletteOpen} />
      <div className="ml-auto flex items-center gap-3">
        <Suspense>
          <ConnectionState />
        </Suspense>
        <UserMenu />
      </div>
    </header>
  );
}
