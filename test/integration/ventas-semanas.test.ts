import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sumSemanas } from '../../lambdas/migraciones/sum-semanas.ts';
import { addDias } from '../../lambdas/core/time/dia.ts';
import { useConsultas } from '../support/consultas.ts';
import { clearTables } from '../support/inventory.ts';
import { propertyWithin } from '../support/property.ts';
import { hace, HOY } from '../support/trade.ts';
import { UNSUMMED_WEEKS } from '../support/ventas-scene.ts';

const { database, get } = await useConsultas();

/** The Monday of the last week that is over. */
const LUNES = await database
  .query(`SELECT (date_trunc('week', $1::date) - interval '7 days')::date::text AS lunes`, [HOY])
  .then(([row]) => String(row?.['lunes']));

const WEEKS = 6;

const sumWeeks = (): Promise<number> => sumSemanas(database.admin);

/** Days of a store, such as `tienda_01 2026-11-16`, whose week is not summed as they are. */
const daysOutside = async (): Promise<unknown[]> =>
  (
    await database.query(
      `SELECT ubicacion_id || ' ' || dia AS dia FROM ventas_dias WHERE NOT en_semana AND dia BETWEEN $1::date AND $1::date + 6 ORDER BY 1`,
      [LUNES],
    )
  ).map(({ dia }) => dia);

const wrongWeeks = (): Promise<unknown[]> => database.query(UNSUMMED_WEEKS);

const articles = async (query: string): Promise<unknown> => {
  const { status, json } = await get(`/ventas?nivel=articulo&${query}`);
  expect(status).toBe(200);
  return json;
};

/** One line of each of three articles a day in two stores, for so many weeks up to the last that is over, all closed. */
async function fill(): Promise<void> {
  await clearTables(database);
  await database.query('DELETE FROM ventas_dias');
  await database.query(
    `INSERT INTO ubicaciones (id, nombre, tipo) VALUES ('tienda_01', 'UNA', 'tienda'), ('tienda_02', 'DOS', 'tienda')`,
  );
  await database.query(
    `INSERT INTO productos (id, codigo, nombre, categoria) VALUES ('A', 'A', 'A', 'UNA'), ('B', 'B', 'B', 'UNA'), ('C', 'C', 'C', 'OTRA')`,
  );
  await database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, cerrado)
     SELECT tienda, $1::date + 6 - n, '00:00', '24:00', 'cerrado', 2, now(), now()
       FROM unnest('{tienda_01,tienda_02}'::text[]) AS tienda, generate_series(0, $2::integer * 7 - 1) AS n`,
    [LUNES, WEEKS],
  );
  await database.query(
    `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, unidad_medida_venta, venta_total, costo_total, utilidad_bruta)
     SELECT tienda, 'F-' || n, linea, ($1::date + 6 - n)::timestamp AT TIME ZONE 'America/Caracas', $1::date + 6 - n, chr(64 + linea), linea + n / 4.0,
            CASE WHEN linea = 3 THEN 'KG' ELSE 'UNIDAD' END, linea * (n + 1), CASE WHEN linea <> 2 THEN linea END, CASE WHEN linea <> 2 THEN linea * n END
       FROM unnest('{tienda_01,tienda_02}'::text[]) AS tienda, generate_series(0, $2::integer * 7 - 1) AS n, generate_series(1, 3) AS linea`,
    [LUNES, WEEKS],
  );
}

beforeEach(fill);

it('Weeks that are over are summed, once', async () => {
  expect(await sumWeeks()).toBe(2 * WEEKS);
  expect(await wrongWeeks()).toEqual([]);
  expect(await daysOutside()).toEqual([]);
  expect(await sumWeeks()).toBe(0);
});

it('No week is begun after the time for it, and the next time goes on', async () => {
  expect(await sumSemanas(database.admin, 0)).toBe(0);
  expect(await sumSemanas(database.admin, 60_000)).toBe(2 * WEEKS);
});

it('A week that is not over is not summed, nor one of which the ledger does not know all days', async () => {
  await database.query(`DELETE FROM ventas_dias WHERE dia = $1::date + 3 AND ubicacion_id = 'tienda_01'`, [
    LUNES,
  ]);
  await database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta) SELECT 'tienda_01', $1::date + 7 + n, '00:00', '24:00' FROM generate_series(0, 6) AS n`,
    [LUNES],
  );

  expect(await sumWeeks()).toBe(2 * WEEKS - 1);
});

describe('After the weeks are summed', () => {
  beforeEach(sumWeeks);

  it.each([
    [
      'lines are added',
      `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total)
       VALUES ('tienda_01', 'G', 1, ($1::date + 2)::timestamp AT TIME ZONE 'America/Caracas', $1::date + 2, 'D', 1, 9)`,
      [2],
    ],
    [
      'lines change',
      `UPDATE ventas SET venta_total = 0.01 + venta_total WHERE ubicacion_id = 'tienda_01' AND dia = $1::date + 2`,
      [2],
    ],
    [
      'lines go to another day',
      `UPDATE ventas SET dia = dia + 1, fecha_venta = fecha_venta + interval '24 hours', numero_factura = 'G' WHERE ubicacion_id = 'tienda_01' AND dia = $1::date + 2`,
      [2, 3],
    ],
    ['lines are removed', `DELETE FROM ventas WHERE ubicacion_id = 'tienda_01' AND dia = $1::date + 2`, [2]],
  ])(
    'The week is read by its days after %s, until it is summed again',
    async (_title, statement, changed) => {
      await database.query(statement, [LUNES]);

      expect(await daysOutside()).toEqual(changed.map((days) => `tienda_01 ${addDias(LUNES, days)}`));
      expect(await wrongWeeks()).toEqual([]);
      expect(await sumWeeks()).toBe(1);
      expect(await wrongWeeks()).toEqual([]);
      expect(await daysOutside()).toEqual([]);
    },
  );

  it('Lines that are read again as they were leave the week summed', async () => {
    await database.query('UPDATE ventas SET fecha_creacion = now() WHERE dia = $1::date', [LUNES]);

    expect(await sumWeeks()).toBe(0);
  });

  it.each([
    ['all days are counted anew', `SELECT sumar_ventas('-infinity', 'infinity')`],
    ['all lines are removed', 'TRUNCATE ventas'],
  ])('All weeks are read by their days after %s', async (_title, statement) => {
    await database.query(statement);

    expect(await database.query('SELECT FROM ventas_dias WHERE en_semana')).toEqual([]);
    expect(await sumWeeks()).toBe(2 * WEEKS);
    expect(await wrongWeeks()).toEqual([]);
  });

  it('The API reads the sum of a week, and of the week that it is compared with', async () => {
    await database.query(
      `UPDATE ventas_semanales SET venta_total = CASE lunes WHEN $1::date THEN 1000 ELSE 100 END WHERE ubicacion_id = 'tienda_01' AND producto_id = 'A'`,
      [LUNES],
    );

    expect(await articles(`tienda=tienda_01&desde=${LUNES}&hasta=${addDias(LUNES, 6)}&q=A`)).toMatchObject({
      filas: [
        { clave: { id: 'A' }, ventaUsd: 1000, comparacion: { ventaUsd: 100, ventaComparableUsd: 1000 } },
      ],
    });
  });

  it('The API reads the days of a week that is cut, that has a day without its pair, or one that has changed', async () => {
    await database.query('UPDATE ventas_semanales SET venta_total = 1000');
    const week = `tienda=tienda_01&desde=${LUNES}&hasta=${addDias(LUNES, 6)}&q=A`;
    // 1 + ... + 7, and 2 + ... + 7.
    expect(await articles(`tienda=tienda_01&desde=${LUNES}&hasta=${addDias(LUNES, 5)}&q=A`)).toMatchObject({
      filas: [{ ventaUsd: 27 }],
    });
    await database.query(
      `UPDATE ventas_tramos SET estado = 'pendiente', lecturas = 0, leido = NULL, cerrado = NULL WHERE dia = $1::date - 7`,
      [LUNES],
    );
    expect(await articles(week)).toMatchObject({ filas: [{ ventaUsd: 28 }] });
    expect(await articles(`${week}&comparar=no`)).toMatchObject({ filas: [{ ventaUsd: 1000 }] });
    await database.query(`UPDATE ventas SET venta_total = venta_total + 1 WHERE dia = $1::date`, [LUNES]);
    expect(await articles(`${week}&comparar=no`)).toMatchObject({ filas: [{ ventaUsd: 29 }] });
  });
});

describe('A load and the sum of a week at the same time', () => {
  const change = (dias: number): string =>
    `UPDATE ventas SET venta_total = 50 WHERE ubicacion_id = 'tienda_01' AND producto_id = 'A' AND dia = '${addDias(LUNES, dias)}'`;

  it('The sum waits for a load that has written, and holds its lines', async () => {
    const session = await database.openSession();
    await session.query('BEGIN');
    await session.query(change(3));
    const summed = sumWeeks();
    await database.untilSomebodyWaits();
    await session.query('COMMIT');

    expect(await summed).toBe(2 * WEEKS);
    expect(await wrongWeeks()).toEqual([]);
    expect(await daysOutside()).toEqual([]);
  });

  it('A load waits for the sum that is being written, and leaves its day marked', async () => {
    const session = await database.openSession();
    await session.query('BEGIN');
    await session.query(`SELECT sumar_semana('tienda_01', '${LUNES}')`);
    const loaded = database.query(change(6));
    await database.untilSomebodyWaits();
    await session.query('COMMIT');
    await loaded;

    expect(await wrongWeeks()).toEqual([]);
    expect(await daysOutside()).toContain(`tienda_01 ${addDias(LUNES, 6)}`);
  });

  it('The sum waits for days that are being counted anew, and holds what they add up to then', async () => {
    const [{ particion } = {}] = await database.query(
      'SELECT tableoid::regclass::text AS particion FROM ventas WHERE dia = $1::date LIMIT 1',
      [LUNES],
    );
    const session = await database.openSession();
    await session.query('BEGIN');
    // Lines that are written into a partition by its name are what sumar_ventas is for.
    await session.query(`UPDATE ${String(particion)} SET venta_total = 50 WHERE dia = '${LUNES}'`);
    await session.query(`SELECT sumar_ventas('${LUNES}', '${LUNES}')`);
    const summed = sumWeeks();
    await database.untilSomebodyWaits();
    await session.query('COMMIT');
    await summed;

    expect(await wrongWeeks()).toEqual([]);
  });

  it("Two slices of a day in a summed week do not deadlock when one of them is the store's first reading after midnight", async () => {
    await sumWeeks();
    await database.query(`UPDATE ventas_recientes_hasta SET hasta = hasta - 1`);
    const day = `ubicacion_id = 'tienda_01' AND dia = '${addDias(LUNES, 3)}'`;
    const session = await database.openSession();
    await session.query('BEGIN');
    // What the triggers of the ledger do, one after the other.
    await session.query(`SELECT avanzar_ventas_recientes('tienda_01', '${hace(1)}')`);
    const loaded = database.query(change(3));
    await database.untilSomebodyWaits();
    await session.query(`UPDATE ventas_dias SET cerrados = cerrados WHERE ${day}`);
    await session.query('COMMIT');
    await loaded;

    expect(await daysOutside()).toEqual([`tienda_01 ${addDias(LUNES, 3)}`]);
  });

  it('A week is not summed from a snapshot that is older than its lock', async () => {
    const session = await database.openSession();
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ');

    await expect(session.query(`SELECT sumar_semana('tienda_01', '${LUNES}')`)).rejects.toThrow(
      'READ COMMITTED',
    );
    await session.query('ROLLBACK');
  });
});

describe('Answers', () => {
  const dias = fc.integer({ min: 0, max: 7 * WEEKS });
  const tienda = fc.constantFrom('tienda_01', 'tienda_02');
  const history = fc.record({
    unread: fc.array(fc.tuple(tienda, dias), { maxLength: 4 }),
    before: fc.array(fc.tuple(tienda, dias, fc.constantFrom('A', 'B', 'C')), { maxLength: 4 }),
    after: fc.array(fc.tuple(tienda, dias, fc.constantFrom('A', 'B', 'C')), { maxLength: 4 }),
    periodo: fc.tuple(dias, dias),
  });
  const cancel = (lines: readonly (readonly [string, number, string])[]): Promise<unknown> =>
    database.query(
      `DELETE FROM ventas USING json_to_recordset($2::json) AS c (tienda text, dias integer, producto text)
        WHERE ubicacion_id = c.tienda AND dia = $1::date - c.dias AND producto_id = c.producto`,
      [HOY, JSON.stringify(lines.map(([id, days, producto]) => ({ tienda: id, dias: days, producto })))],
    );
  const QUESTIONS = [
    'nivel=articulo',
    'nivel=articulo&tienda=tienda_02&comparar=no&orden=-margen',
    'nivel=articulo&q=A',
    'nivel=articulo&formato=csv',
    'nivel=categoria&comparar=anio',
    'nivel=tienda&categoria=UNA',
  ];

  it('Every answer is the same with weeks summed, with some of them changed since, and without', async () => {
    await fc.assert(
      propertyWithin(10_000, history, async ({ unread, before, after, periodo: [a, b] }) => {
        await fill();
        await database.query(
          `UPDATE ventas_tramos t SET estado = 'pendiente', lecturas = 0, leido = NULL, cerrado = NULL
             FROM json_to_recordset($2::json) AS u (tienda text, dias integer) WHERE t.ubicacion_id = u.tienda AND t.dia = $1::date - u.dias`,
          [HOY, JSON.stringify(unread.map(([id, days]) => ({ tienda: id, dias: days })))],
        );
        await cancel(before);
        const answers = (): Promise<string[]> =>
          Promise.all(
            QUESTIONS.map(
              async (question) =>
                (await get(`/ventas?desde=${hace(Math.max(a, b))}&hasta=${hace(Math.min(a, b))}&${question}`))
                  .text,
            ),
          );
        const byDay = await answers();
        await sumWeeks();
        expect(await answers()).toEqual(byDay);

        await cancel(after);
        const changed = await answers();
        expect(await wrongWeeks()).toEqual([]);
        await database.query('UPDATE ventas_dias SET en_semana = false');
        expect(changed).toEqual(await answers());
      }),
      { numRuns: 40 },
    );
  });
});
