'use client';
import { DropdownMenu, toast } from '@slipway/ui';
import { KeyRound, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useTheme } from 'next-themes';
import { signOut } from '@/features/access/sign-in.ts';
import { messageOf } from '../server-error.ts';
import { useMe } from '../use-me.ts';

const ROLE_WORDS = { platform_admin: 'Platform admin', finops: 'FinOps', user: 'User' };

async function leave(): Promise<void> {
  try {
    await signOut();
    window.location.assign('/login');
  } catch (cause) {
    toast.error(messageOf(cause));
  }
}

/** UserMenu holds who one is, the theme, one's tokens and the way out. */
export function UserMenu() {
  const me = useMe();
  const { theme, setTheme } = useTheme();
  const themes = [
    { id: 'light', label: 'Light', icon: Sun },
    { id: 'dark', label: 'Dark', icon: Moon },
    { id: 'system', label: 'As the system', icon: Monitor },
  ];
  return (
    <DropdownMenu
      className="w-60"
      items={[
        { kind: 'heading', id: 'who', label: `${me.email} · ${ROLE_WORDS[me.platformRole]}` },
        { id: 'tokens', label: 'Access tokens', icon: KeyRound, href: '/settings/tokens' },
        { id: 'account', label: 'Password', icon: UserRound, href: '/settings/password' },
        { kind: 'separator', id: 'line-1' },
        { kind: 'heading', id: 'theme', label: 'Theme' },
        ...themes.map((each) => ({ ...each, isChecked: theme === each.id, onSelect: () => setTheme(each.id) })),
        { kind: 'separator', id: 'line-2' },
        { id: 'leave', label: 'Sign out', icon: LogOut, onSelect: () => void leave() },
      ]}
      trigger={
        <button
          type="button"
          aria-label={`Account menu of ${me.name}`}
          className="flex size-8 items-center justify-center rounded-full bg-accent-soft font-semibold text-[12px] text-accent-text uppercase hover:opacity-85 pointer-coarse:min-h-11 pointer-coarse:min-w-11"
        >
          {me.name.slice(0, 1)}
        </button>
      }
    />
  );
}
