import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { Snapshot } from '../../lambdas/inventario-klk/load/snapshot.ts';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { untilSomebodyWaits } from '../support/lock-waits.ts';
import { load, resetInventario } from '../support/loading.ts';
import { at, BOSQUE, producto, snapshot } from '../support/snapshots.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(() => resetInventario(database));

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

const CODIGOS = Array.from({ length: 500 }, (_, index) => String(index).padStart(6, '0'));
const cantidades = Object.fromEntries(CODIGOS.map((codigo) => [codigo, '1']));
const RONDAS = 8;

/** All products change in every round, and arrive in the order given. */
const ronda = (numero: number, codigos: readonly string[], changes: Partial<Snapshot>): Snapshot =>
  snapshot(cantidades, {
    extraccion: new Date(at('10:00').getTime() + numero),
    productos: codigos.map((codigo) =>
      producto(codigo, { nombre: `${codigo} ${String(changes.almacen)} ${numero}` }),
    ),
    ...changes,
  });

async function loadRounds(codigos: readonly string[], changes: Partial<Snapshot>): Promise<number[]> {
  const written: number[] = [];
  for (let numero = 0; numero < RONDAS; numero += 1) {
    const counts = await load(database.etl, ronda(numero, codigos, changes));
    written.push(counts.inventario);
  }
  return written;
}

it('Two processes that change the same products at once never deadlock, in whatever order the products arrive', async () => {
  const results = await Promise.all([
    loadRounds(CODIGOS, { almacen: 'APP-TPF' }),
    loadRounds(CODIGOS.toReversed(), { almacen: 'APP-TBQ', ubicacionId: BOSQUE.id }),
  ]);

  expect(results).toEqual(results.map(() => Array.from({ length: RONDAS }, () => CODIGOS.length)));
  await database.expectNoTrace();
  expect(
    await database.query('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'),
  ).toEqual([{ deadlocks: '0' }]);
});

it('Changed products are locked in code order, in whatever order they arrive or lie', async () => {
  const backwards = CODIGOS.toReversed();
  await database.query(
    `INSERT INTO productos (id, codigo, nombre) SELECT codigo, codigo, 'ANTERIOR' FROM unnest($1::text[]) AS codigo`,
    [backwards],
  );
  const other = new Client(toClientConfig(database.admin));
  await other.connect();
  await other.query('BEGIN');
  await other.query('SELECT FROM productos WHERE id = $1 FOR UPDATE', [CODIGOS[250]]);
  const loading = load(database.etl, ronda(1, backwards, { almacen: 'APP-TPF' }));
  await untilSomebodyWaits(database);

  const free = await database.query('SELECT id FROM productos ORDER BY id FOR UPDATE SKIP LOCKED');
  await other.query('ROLLBACK');
  await other.end();
  await loading;
  expect(free.map(({ id }) => id)).toEqual(CODIGOS.slice(251));
});

it('A product that another process inserts at the same moment, alike, is neither new nor changed', async () => {
  const other = new Client(toClientConfig(database.admin));
  await other.connect();
  const { codigo, ...atributos } = producto('000001');
  const columns = ['id', 'codigo', ...Object.keys(atributos)];
  await other.query('BEGIN');
  await other.query(
    `INSERT INTO productos (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    [codigo, codigo, ...Object.values(atributos)],
  );
  const version = 'SELECT xmin::text, fecha_actualizacion FROM productos';
  const { rows: before } = await other.query(version);
  const loading = load(database.etl, snapshot({ '000001': '5' }));
  await untilSomebodyWaits(database);
  await other.query('COMMIT');
  await other.end();

  expect(await loading).toMatchObject({ productosNuevos: 0, productosActualizados: 0, inventario: 1 });
  expect(await database.query(version)).toEqual(before);
});
