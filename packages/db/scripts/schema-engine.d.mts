/** diffFromDatabase gives the SQL that turns the database at `url` into prisma/schema; empty when they agree. */
export function diffFromDatabase(url: string): Promise<string>;
