import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { retireHistory } from '../../lambdas/migraciones/retire-history.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { untilSomebodyWaits } from '../support/lock-waits.ts';
import { openSession } from '../support/session.ts';
import type { Session } from '../support/session.ts';

/** Months kept; the versions of these tests began long before. */
const CONSERVAR = 3;

/** The first moment of a month that is no longer kept. */
const MES = `(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '14 months') AT TIME ZONE 'UTC'`;

let database: TestDatabase;
/** A load or a reader beside the retention. */
let other: Session;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  await database.query('DELETE FROM inventario_historico');
  await makePartition();
  other = await openSession(database.admin);
});

afterEach(async () => {
  await other.end();
  await database.expectNoTrace();
});

afterAll(() => database.drop());

/** The partition of that month. */
async function makePartition(): Promise<void> {
  const [row] = await database.query(
    `SELECT format('CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.inventario_historico FOR VALUES FROM (%L) TO (%L)',
                   'inventario_historico_' || to_char(mes AT TIME ZONE 'UTC', 'YYYY_MM'), mes, mes + interval '1 month') AS ddl
       FROM (SELECT ${MES} AS mes) AS m`,
  );
  await database.query(String(row?.['ddl']));
}

/** Inserts versions that began in that month and ended within it, or after the first kept moment. */
const insertVersions = (kind: 'expired' | 'kept', cuantas: number): string =>
  `INSERT INTO inventario_historico (ubicacion_id, almacen_codigo, producto_id, cantidad, fecha_snapshot, fecha_reemplazo)
   SELECT 'tienda_01', 'APP-TPF', '${kind} ' || n, 1, ${MES}, ${kind === 'kept' ? 'now()' : MES} + interval '1 hour'
     FROM generate_series(1, ${cuantas}) AS n`;

const COUNT = `SELECT count(*)::integer AS filas FROM inventario_historico WHERE producto_id LIKE`;
const KEPT = `${COUNT} 'kept%'`;
const EXPIRED = `${COUNT} 'expired%'`;

const retire = (): Promise<number> => retireHistory(database.admin, CONSERVAR);

describe('the retention of history beside a load', () => {
  it('keeps a version that a load commits into a month while that month is retired', async () => {
    await database.query(insertVersions('expired', 100));
    await other.query('BEGIN');
    await other.query(insertVersions('kept', 1));

    const retiring = retire();
    await untilSomebodyWaits(database);
    await other.query('COMMIT');

    expect(await retiring).toBe(1);
    expect(await database.query(KEPT)).toEqual([{ filas: 1 }]);
    expect(await database.query(EXPIRED)).toEqual([{ filas: 0 }]);
  });

  it('keeps a version that a load commits into a month of which some versions are kept, and does not wait for it', async () => {
    await database.query(insertVersions('expired', 100));
    await database.query(insertVersions('kept', 1));
    await other.query('BEGIN');
    await other.query(insertVersions('kept', 2).replaceAll('kept ', 'kept later '));

    expect(await retire()).toBe(1);
    await other.query('COMMIT');

    expect(await database.query(KEPT)).toEqual([{ filas: 3 }]);
    expect(await database.query(EXPIRED)).toEqual([{ filas: 0 }]);
  });

  it('lets a load that comes later write into the month that was dropped', async () => {
    await database.query(insertVersions('expired', 1));

    expect(await retire()).toBe(1);
    await other.query(insertVersions('kept', 1));

    expect(await database.query(KEPT)).toEqual([{ filas: 1 }]);
  });

  it('leaves a month for another time when a load holds it for longer than two seconds', async () => {
    await database.query(insertVersions('expired', 1));
    await other.query('BEGIN');
    await other.query(insertVersions('kept', 1));

    await expect(retire()).rejects.toMatchObject({ codigo: 'BD_BLOQUEO' });
    await other.query('COMMIT');

    expect(await database.query(KEPT)).toEqual([{ filas: 1 }]);
  });

  it('searches and drops at READ COMMITTED only, because an older snapshot does not show what a load has committed', async () => {
    await database.query(insertVersions('expired', 1));
    await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await other.query('SELECT 1');
    await database.query(insertVersions('kept', 1));

    await expect(other.query('SELECT retirar_particion($1)', [CONSERVAR])).rejects.toThrow('READ COMMITTED');

    expect(await database.query(KEPT)).toEqual([{ filas: 1 }]);
  });
});

describe('the retention of history beside a reader', () => {
  it('takes no kept row from a reader whose snapshot is older', async () => {
    await database.query(insertVersions('expired', 100));
    await database.query(insertVersions('kept', 100));
    await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    // The snapshot is taken here; the history is not touched yet, so nothing of it is locked.
    await other.query('SELECT 1');

    expect(await retire()).toBe(1);

    expect(await other.query(KEPT)).toEqual([{ filas: 100 }]);
    expect(await database.query(KEPT)).toEqual([{ filas: 100 }]);
    expect(await database.query(EXPIRED)).toEqual([{ filas: 0 }]);
  });

  it('does not wait for a reader of a month of which some versions are kept', async () => {
    await database.query(insertVersions('expired', 100));
    await database.query(insertVersions('kept', 100));
    await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await other.query(KEPT);

    expect(await retire()).toBe(1);

    expect(await other.query(KEPT)).toEqual([{ filas: 100 }]);
  });
});

it('Two retentions at the same time retire each month once', async () => {
  await database.query(insertVersions('expired', 1));
  await other.query('BEGIN');
  await other.query('SELECT retirar_particion($1)', [CONSERVAR]);

  const second = retire();
  await untilSomebodyWaits(database);
  await other.query('COMMIT');

  expect(await second).toBe(0);
});
