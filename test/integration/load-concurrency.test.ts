import { beforeEach, expect, it } from '@jest/globals';
import type { Snapshot } from '../../lambdas/inventario-klk/load/replace-inventario.ts';
import { useDatabase } from '../support/database.ts';
import { load, resetInventario } from '../support/inventory.ts';
import { at, BOSQUE, producto, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(() => resetInventario(database));

const CODIGOS = Array.from({ length: 500 }, (_, index) => String(index).padStart(6, '0'));
const cantidades = Object.fromEntries(CODIGOS.map((codigo) => [codigo, '1']));
const ROUNDS = 8;

/** All products change in every round, and arrive in the order given. */
const round = (n: number, codigos: readonly string[], changes: Partial<Snapshot>): Snapshot =>
  snapshot(cantidades, {
    extraccion: new Date(at('10:00').getTime() + n),
    productos: codigos.map((codigo) =>
      producto(codigo, { nombre: `${codigo} ${String(changes.almacen)} ${n}` }),
    ),
    ...changes,
  });

async function loadRounds(codigos: readonly string[], changes: Partial<Snapshot>): Promise<number[]> {
  const written: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const counts = await load(database.etl, round(n, codigos, changes));
    written.push(counts.inventario);
  }
  return written;
}

it('Two loads that change the same products at once do not deadlock, in whatever order the products arrive', async () => {
  const results = await Promise.all([
    loadRounds(CODIGOS, { almacen: 'APP-TPF' }),
    loadRounds(CODIGOS.toReversed(), { almacen: 'APP-TBQ', ubicacionId: BOSQUE.id }),
  ]);

  expect(results).toEqual(results.map(() => Array.from({ length: ROUNDS }, () => CODIGOS.length)));
  expect(
    await database.query('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'),
  ).toEqual([{ deadlocks: '0' }]);
});

it('Changed products are locked in code order, in whatever order they arrive or are stored', async () => {
  const backwards = CODIGOS.toReversed();
  await database.query(
    `INSERT INTO productos (id, codigo, nombre) SELECT codigo, codigo, 'ANTERIOR' FROM unnest($1::text[]) AS codigo`,
    [backwards],
  );
  const other = await database.openSession();
  await other.query('BEGIN');
  await other.query('SELECT FROM productos WHERE id = $1 FOR UPDATE', [CODIGOS[250]]);
  const loading = load(database.etl, round(1, backwards, { almacen: 'APP-TPF' }));
  await database.untilSomebodyWaits();

  const free = await database.query('SELECT id FROM productos ORDER BY id FOR UPDATE SKIP LOCKED');
  await other.query('ROLLBACK');
  await other.end();
  await loading;
  expect(free.map(({ id }) => id)).toEqual(CODIGOS.slice(251));
});

it('A product that another session inserts at the same moment, with the same values, counts as neither new nor changed', async () => {
  const other = await database.openSession();
  const { codigo, ...atributos } = producto('000001');
  const columns = ['id', 'codigo', ...Object.keys(atributos)];
  await other.query('BEGIN');
  await other.query(
    `INSERT INTO productos (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    [codigo, codigo, ...Object.values(atributos)],
  );
  const version = 'SELECT xmin::text, fecha_actualizacion FROM productos';
  const before = await other.query(version);
  const loading = load(database.etl, snapshot({ '000001': '5' }));
  await database.untilSomebodyWaits();
  await other.query('COMMIT');
  await other.end();

  expect(await loading).toMatchObject({ productosNuevos: 0, productosActualizados: 0, inventario: 1 });
  expect(await database.query(version)).toEqual(before);
});
