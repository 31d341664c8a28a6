import pg from 'pg';
import { expect, test } from 'vitest';
import { openTestDatabase } from './postgres.ts';

const prepare = async (url: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE probe (value int)');
  await client.end();
};

test('two tests never see each other’s rows', async () => {
  const databases = await Promise.all([openTestDatabase(prepare, 'probe'), openTestDatabase(prepare, 'probe')]);
  const clients = databases.map(({ url }) => new pg.Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  await clients[0]?.query('INSERT INTO probe VALUES (1)');
  const seen = await Promise.all(clients.map((client) => client.query('SELECT count(*)::int AS count FROM probe')));
  expect(seen.map((result) => result.rows[0]?.count)).toEqual([1, 0]);
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all(databases.map((database) => database.close()));
});
