import {
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CirclePlay,
  CircleSlash,
  CircleX,
  Clock,
  type LucideIcon,
  Scaling,
  TriangleAlert,
} from 'lucide-react';
import { cn } from '../lib/cn.ts';
import { Badge, type Tone } from './badge.tsx';

const LOOKS: Record<string, { icon: LucideIcon; tone: Tone; isMoving?: true }> = {
  pending: { icon: CircleDashed, tone: 'neutral' },
  starting: { icon: CirclePlay, tone: 'info', isMoving: true },
  running: { icon: CircleDot, tone: 'info', isMoving: true },
  ready: { icon: CircleCheck, tone: 'success' },
  degraded: { icon: TriangleAlert, tone: 'warning' },
  scaling: { icon: Scaling, tone: 'info', isMoving: true },
  paused: { icon: CirclePause, tone: 'neutral' },
  succeeded: { icon: CircleCheck, tone: 'success' },
  failed: { icon: CircleX, tone: 'danger' },
  cancelled: { icon: CircleSlash, tone: 'neutral' },
  expired: { icon: Clock, tone: 'neutral' },
};

/** StatusBadge shows a status word with its icon; `word` says it in the words of the noun (a rejected request is `failed`). */
export function StatusBadge({ status, word, className }: { status: string; word?: string; className?: string }) {
  const look = LOOKS[status] ?? {
    icon: CircleDashed,
    tone: 'neutral' as const,
  };
  const Icon = look.icon;
  return (
    <Badge
      tone={look.tone}
      className={cn(className)}
      icon={<Icon aria-hidden className={look.isMoving === true ? 'motion-safe:animate-pulse' : undefined} />}
    >
      {word ?? status}
    </Badge>
  );
}
