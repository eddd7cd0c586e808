import { beforeEach, describe, expect, it } from '@jest/globals';
import { retireHistory } from '../../lambdas/migraciones/maintain-history.ts';
import { useDatabase } from '../support/database.ts';
import type { Session } from '../support/database.ts';

/** Months kept. */
const CONSERVAR = 3;

/** The first moment of a month that is no longer kept. */
const MES = `(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '14 months') AT TIME ZONE 'UTC'`;

const database = await useDatabase();

/** A load or a reader beside the retention. */
let other: Session;

beforeEach(async () => {
  await database.query('DELETE FROM inventario_versiones');
  other = await database.openSession();
});

/** Versions that began in that month and ended within it, or now. */
const insertVersions = (kind: 'expired' | 'kept', count: number): string =>
  `INSERT INTO inventario_versiones
          (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta, cambia_precio)
   SELECT 'tienda_01', 'APP-TPF', '${kind} ' || n, 1, ${MES}, ${kind === 'kept' ? 'now()' : MES} + interval '1 hour', false
     FROM generate_series(1, ${count}) AS n`;

/** In the month's own partition, which is made for them. */
async function insertExpired(count: number): Promise<void> {
  await database.query(insertVersions('expired', count));
  await database.query('SELECT crear_particiones()');
}

const COUNT = `SELECT count(*)::integer AS filas FROM inventario_versiones WHERE producto_id LIKE`;
const KEPT = `${COUNT} 'kept%'`;
const EXPIRED = `${COUNT} 'expired%'`;

const retire = (): Promise<string[]> => retireHistory(database.admin, CONSERVAR);

describe('The retention of history beside a load', () => {
  it('A version that a load commits meanwhile is kept, however long ago it began', async () => {
    await insertExpired(100);
    await other.query('BEGIN');
    await other.query(insertVersions('kept', 1));

    const retiring = retire();
    await database.untilSomebodyWaits();
    await other.query('COMMIT');

    expect(await retiring).toHaveLength(1);
    expect(await database.query(KEPT)).toEqual([{ filas: 1 }]);
    expect(await database.query(EXPIRED)).toEqual([{ filas: 0 }]);
  });

  it('A load that comes later can write', async () => {
    await insertExpired(1);

    expect(await retire()).toHaveLength(1);
    await other.query(insertVersions('kept', 1));

    expect(await database.query(KEPT)).toEqual([{ filas: 1 }]);
  });

  it('A month is dropped another time when a load holds the history for longer than two seconds', async () => {
    await insertExpired(1);
    await other.query('BEGIN');
    await other.query(insertVersions('kept', 1));

    await expect(retire()).rejects.toMatchObject({ codigo: 'BD_BLOQUEO' });
    await other.query('COMMIT');

    expect(await database.query(KEPT)).toEqual([{ filas: 1 }]);
    expect(await database.query(EXPIRED)).toEqual([{ filas: 1 }]);
  });
});

describe('The retention of history beside a reader', () => {
  it('A reader whose snapshot is older still sees every kept row', async () => {
    await insertExpired(100);
    await database.query(insertVersions('kept', 100));
    await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    // The snapshot is taken here; the history is not touched yet, so nothing of it is locked.
    await other.query('SELECT 1');

    expect(await retire()).toHaveLength(1);

    expect(await other.query(KEPT)).toEqual([{ filas: 100 }]);
    expect(await database.query(KEPT)).toEqual([{ filas: 100 }]);
    expect(await database.query(EXPIRED)).toEqual([{ filas: 0 }]);
  });

  it('A month that is being read is dropped another time', async () => {
    await insertExpired(100);
    await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await other.query(EXPIRED);

    await expect(retire()).rejects.toMatchObject({ codigo: 'BD_BLOQUEO' });

    expect(await other.query(EXPIRED)).toEqual([{ filas: 100 }]);
  });
});

it('Two retentions at the same time retire each month once', async () => {
  await insertExpired(1);
  await other.query('BEGIN');
  await other.query('SELECT retirar_historico($1)', [CONSERVAR]);

  const second = retire();
  await database.untilSomebodyWaits();
  await other.query('COMMIT');

  expect(await second).toEqual([]);
});
