/** Column is one column of a table; numbers stand to the right. */
export interface Column<T> {
  title: string;
  value: (row: T) => string | number;
}

/** renderTable shows rows in columns, or the sentence that says why there are none. */
export function renderTable<T>(rows: readonly T[], columns: readonly Column<T>[], empty: string): string {
  if (rows.length === 0) return empty;
  const cells = rows.map((row) => columns.map((column) => clean(column.value(row))));
  const isNumeric = columns.map((column) => rows.every((row) => typeof column.value(row) === 'number'));
  const widths = columns.map((column, i) => Math.max(column.title.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (values: readonly string[]) =>
    values
      .map((value, i) => (isNumeric[i] ? value.padStart(widths[i] ?? 0) : value.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title.toUpperCase())), ...cells.map(line)].join('\n');
}

/** renderFields shows one thing as names and values. */
export function renderFields(fields: readonly (readonly [string, string | number | null])[]): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${name.padEnd(width)}  ${clean(value ?? '-')}`).join('\n');
}

/** What others wrote must not move the cursor or change colours. */
function clean(value: string | number): string {
  return String(value).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
