export { formatMoney, formatPrice } from './format/money.ts';
export {
  formatBytes,
  formatCount,
  formatMilliseconds,
  formatNumber,
  formatPercent,
  formatTokens,
} from './format/quantity.ts';
export {
  formatAbsolute,
  formatDay,
  formatDuration,
  formatRelative,
} from './format/time.ts';
export { cn } from './lib/cn.ts';
export { Link, type LinkProps, LinkProvider } from './lib/link.tsx';
export { useNow } from './lib/use-now.ts';
export { Badge, type Tone } from './primitives/badge.tsx';
export { Button, type ButtonProps } from './primitives/button.tsx';
export { Card, type CardProps } from './primitives/card.tsx';
export {
  Checkbox,
  RadioCards,
  type RadioCardsProps,
  Switch,
} from './primitives/choice.tsx';
export { CodeBlock } from './primitives/code-block.tsx';
export {
  ConfirmDialog,
  type ConfirmDialogProps,
} from './primitives/confirm-dialog.tsx';
export { CopyableText, CopyButton } from './primitives/copy-button.tsx';
export {
  type Column,
  DataTable,
  type DataTableProps,
  type Sort,
} from './primitives/data-table.tsx';
export { Dialog, type DialogProps } from './primitives/dialog.tsx';
export { DropdownMenu, type MenuItem } from './primitives/dropdown-menu.tsx';
export { Field, type FieldProps, Fieldset } from './primitives/field.tsx';
export {
  FilterChips,
  type FilterChipsProps,
  SearchInput,
  Toolbar,
} from './primitives/filter-chips.tsx';
export { IconButton } from './primitives/icon-button.tsx';
export {
  Input,
  type InputProps,
  Select,
  type SelectOption,
  type SelectProps,
  Textarea,
} from './primitives/input.tsx';
export { Kbd } from './primitives/kbd.tsx';
export { KeyValueList, Stat, StatGrid } from './primitives/key-value.tsx';
export {
  Breadcrumbs,
  type Crumb,
  PageHeader,
  type PageHeaderProps,
} from './primitives/page-header.tsx';
export { Progress, type ProgressProps } from './primitives/progress.tsx';
export { Elapsed, RelativeTime } from './primitives/relative-time.tsx';
export {
  Skeleton,
  SkeletonPage,
  SkeletonRows,
} from './primitives/skeleton.tsx';
export { Spinner } from './primitives/spinner.tsx';
export {
  EmptyState,
  type EmptyStateProps,
  ErrorState,
  Notice,
  type NoticeProps,
} from './primitives/states.tsx';
export { StatusBadge } from './primitives/status-badge.tsx';
export { type TabLink, Tabs } from './primitives/tabs.tsx';
export { Toaster, toast } from './primitives/toast.tsx';
export { Tooltip } from './primitives/tooltip.tsx';
