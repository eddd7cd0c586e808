import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/shared/database-settings.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client(toClientConfig(database.etl));
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('the database user of the pipeline', () => {
  it.each([
    ['make a table', 'CREATE TABLE intrusa (id int)'],
    ['change a table', 'ALTER TABLE productos ADD COLUMN intrusa int'],
    ['drop a table', 'DROP TABLE inventario_actual'],
    ['empty a table', 'TRUNCATE inventario_actual'],
    ['make a schema', 'CREATE SCHEMA intruso'],
    ['make a user', 'CREATE ROLE intruso'],
    ['rewrite history', 'UPDATE inventario_historico SET cantidad = 0'],
    ['delete history', 'DELETE FROM inventario_historico'],
    ['change a store, which people own', "UPDATE ubicaciones SET nombre = 'OTRA'"],
    ['delete a product', 'DELETE FROM productos'],
    ['delete the record of a run', 'DELETE FROM etl_ejecuciones'],
    ['rewrite the record of migrations', 'DELETE FROM migraciones'],
    ['read the users of the dashboards', 'SELECT * FROM usuarios'],
    ['read sales', 'SELECT * FROM ventas'],
  ])('cannot %s', async (_, statement) => {
    await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});
