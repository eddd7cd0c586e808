import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { dumpSchema } from '../support/schema-dump.ts';

/** After a new migration: `UPDATE_SCHEMA=1 npm run test:jest -- --selectProjects=integration --testPathPatterns=schema`. */
const SCHEMA = new URL('../fixtures/schema.txt', import.meta.url);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

it('The migrations make the schema that is committed', async () => {
  const schema = await dumpSchema((sql) => database.query(sql));
  if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(SCHEMA, schema);

  expect(schema).toBe(await readFile(SCHEMA, 'utf8'));
});
