import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { dumpSchema } from './schema-dump.ts';

/** After a new migration: `UPDATE_SCHEMA=1 npm run test:jest -- --selectProjects=integration --testPathPatterns=schema`. */
const SCHEMA = new URL('../fixtures/schema.txt', import.meta.url);

const database = await useDatabase();

it('The migrations create the schema of test/fixtures/schema.txt', async () => {
  const schema = await dumpSchema((sql) => database.query(sql));
  if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(SCHEMA, schema);

  expect(schema).toBe(await readFile(SCHEMA, 'utf8'));
});
