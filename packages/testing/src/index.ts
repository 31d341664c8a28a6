export { openTestDatabase, type TestDatabase } from "./postgres.ts";
