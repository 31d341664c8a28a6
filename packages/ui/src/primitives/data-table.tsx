'use client';
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '../lib/cn.ts';

/** Column is one column: `cell` draws a row's value; `sortId` makes the header a sort button; `isRowHeader` names the row. */
export interface Column<Row> {
  id: string;
  header: ReactNode;
  cell(row: Row): ReactNode;
  align?: 'left' | 'right';
  sortId?: string;
  isRowHeader?: boolean;
  /** isAction: the row's menu or buttons; its header is read but not seen. */
  isAction?: boolean;
  className?: string;
}
/** Sort is the column sorted by and the direction. */
export interface Sort {
  id: string;
  direction: 'ascending' | 'descending';
}
/** DataTableProps: `label` names the table; `narrow` says what happens under 640 px; `empty` stands in for no rows; `footer` is the sum row's cells by column id. */
export interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  getRowId(row: Row): string;
  narrow?: 'cards' | 'scroll';
  empty?: ReactNode;
  sort?: Sort;
  onSort?(sort: Sort): void;
  footer?: Record<string, ReactNode>;
  className?: string;
}

// Rows become cards by CSS alone; the roles are written out because `display: block` takes them away.
const ROLES = { table: { role: 'table' }, body: { role: 'rowgroup' }, row: { role: 'row' }, cell: { role: 'cell' } };
const CARDS = {
  table: 'max-sm:block',
  head: 'max-sm:hidden',
  body: 'max-sm:block max-sm:divide-y max-sm:divide-line',
  row: 'max-sm:flex max-sm:flex-col max-sm:gap-1 max-sm:px-4 max-sm:py-3',
  cell: 'max-sm:flex max-sm:w-auto max-sm:max-w-none max-sm:items-baseline max-sm:justify-between max-sm:gap-4 max-sm:border-0 max-sm:p-0 max-sm:text-right max-sm:before:shrink-0 max-sm:before:text-[12.5px] max-sm:before:text-ink-muted max-sm:before:content-[attr(data-label)]',
  heading: 'max-sm:justify-start max-sm:text-left max-sm:before:hidden',
};

/** DataTable is a list of rows; under 640 px it turns into cards or scrolls in its own box. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, getRowId, narrow = 'cards', empty, sort, onSort, footer, className } = props;
  const isCards = narrow === 'cards';
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    <div
      {...(isCards ? {} : { role: 'region', 'aria-label': `${label} (scrolls)`, tabIndex: 0 })}
      className={cn('min-w-0 overflow-x-auto', className)}
    >
      <table
        {...ROLES.table}
        aria-label={label}
        className={cn('w-full border-collapse text-left', isCards && CARDS.table)}
      >
        <thead className={cn(isCards && CARDS.head)}>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody {...ROLES.body} className={cn(isCards && CARDS.body)}>
          {rows.map((row) => (
            <tr
              key={getRowId(row)}
              {...ROLES.row}
              className={cn('border-line border-b last:border-b-0 hover:bg-surface-hover/60', isCards && CARDS.row)}
            >
              {columns.map((column) => (
                <Cell key={column.id} column={column} isCards={isCards}>
                  {column.cell(row)}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
        {footer === undefined ? null : (
          <tfoot className={cn(isCards && 'max-sm:block')}>
            <tr {...ROLES.row} className={cn('border-line-strong/50 border-t font-semibold', isCards && CARDS.row)}>
              {columns.map((column) => (
                <Cell key={column.id} column={column} isCards={isCards}>
                  {footer[column.id]}
                </Cell>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  const { sortId } = column;
  const isSorted = sortId !== undefined && sort?.id === sortId;
  const Icon = !isSorted ? ArrowUpDown : sort.direction === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? sort.direction : undefined}
      className={cn(
        'whitespace-nowrap border-line border-b px-4 py-2 font-medium text-[12.5px] text-ink-muted',
        column.align === 'right' && 'text-right',
        column.className,
      )}
    >
      {sortId === undefined || onSort === undefined ? (
        <span className={column.isAction === true ? 'sr-only' : undefined}>{column.header}</span>
      ) : (
        <button
          type="button"
          className="inline-flex items-center gap-1 rounded-sm hover:text-ink [&_svg]:size-3"
          onClick={() =>
            onSort({
              id: sortId,
              direction: isSorted && sort.direction === 'descending' ? 'ascending' : 'descending',
            })
          }
        >
          {column.header}
          <Icon aria-hidden className={isSorted ? '' : 'opacity-50'} />
        </button>
      )}
    </th>
  );
}

function Cell<Row>({ column, isCards, children }: { column: Column<Row>; isCards: boolean; children: ReactNode }) {
  const isHeading = column.isRowHeader === true || column.isAction === true;
  const shared = {
    'data-label': typeof column.header === 'string' ? column.header : '',
    className: cn(
      'px-4 py-2 align-middle text-[13.5px] text-ink',
      column.align === 'right' && 'numeric text-right',
      isCards && CARDS.cell,
      isCards && isHeading && CARDS.heading,
      column.className,
    ),
  };
  if (column.isRowHeader === true) {
    return (
      <th scope="row" {...shared} className={cn(shared.className, 'font-medium')}>
        {children}
      </th>
    );
  }
  return (
    <td {...ROLES.cell} {...shared}>
      {children}
    </td>
  );
}
