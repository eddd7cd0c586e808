import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Client } from 'pg';
import { readAgotados } from '../../lambdas/consultas/queries/read-agotados.ts';
import type { ClaveAgotado } from '../../lambdas/consultas/queries/read-agotados.ts';
import { readExistencias } from '../../lambdas/consultas/queries/read-existencias.ts';
import type { ClaveExistencia } from '../../lambdas/consultas/queries/read-existencias.ts';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { useDatabase } from '../support/database.ts';
import { clearTables } from '../support/inventory.ts';
import { HOY } from '../support/trade.ts';

const TIENDAS = ['a', 'b'];
const ORDERS = ['codigo', 'nombre', 'cantidad', '-cantidad', 'cobertura', '-cobertura', '-ventas'];
const STATES = [undefined, 'con', 'agotado', 'negativo', 'sin-ventas'];

const database = await useDatabase();

/** Two stores, three warehouses, 24 articles, with many that are equal in what they are ordered by, and some without sales. */
beforeEach(async () => {
  await clearTables(database);
  await database.query(
    `DELETE FROM ventas_recientes; DELETE FROM ventas_recientes_hasta;
     INSERT INTO ubicaciones (id, nombre) VALUES ('a', 'A'), ('b', 'B');
     INSERT INTO almacenes (codigo, nombre, ubicacion_id) VALUES ('A1', 'A1', 'a'), ('A2', 'A2', 'a'), ('B1', 'B1', 'b');
     INSERT INTO productos (id, codigo, nombre) SELECT c, c, 'NOMBRE ' || n % 5 FROM generate_series(1, 24) AS n, LATERAL (SELECT lpad(n::text, 6, '0') AS c) AS p;
     INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
     SELECT codigo, now() - interval '1 hour', ubicacion_id, gen_random_uuid(), 24, 0 FROM almacenes;
     INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde)
     SELECT a.ubicacion_id, a.codigo, p.id, (ascii(a.codigo) + length(a.nombre) * p.id::integer) % 5 - 2, now() - p.id::integer % 4 * interval '1 day'
       FROM almacenes a CROSS JOIN productos p;
     INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total)
     SELECT u.id, p.id, 1, f, (f AT TIME ZONE 'America/Caracas')::date, p.id, 1 + p.id::integer % 3, 2
       FROM ubicaciones u CROSS JOIN productos p CROSS JOIN LATERAL (SELECT now() - interval '6 days' AS f) AS d
      WHERE p.id::integer % 4 > 0`,
  );
});

/** What a load may do to an article between two pages; an article has the number of its code. */
const LOADS: Readonly<Record<string, string>> = {
  'sells it': `UPDATE inventario_vigente SET cantidad = cantidad - 1, vigente_desde = now() WHERE producto_id::integer = $1`,
  'brings it': `UPDATE inventario_vigente SET cantidad = 7, vigente_desde = now() WHERE producto_id::integer = $1`,
  'takes it away': `DELETE FROM inventario_vigente WHERE producto_id::integer = $1`,
  'changes its name': `UPDATE productos SET nombre = 'AA' || nombre WHERE id::integer = $1`,
  'adds a sale': `
    INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total)
    SELECT 'a', gen_random_uuid()::text, 1, f, (f AT TIME ZONE 'America/Caracas')::date, lpad($1::integer::text, 6, '0'), 9, 9
      FROM (SELECT now() - interval '5 days' AS f) AS d`,
};

/** A new snapshot of every warehouse: every stock-out lasts longer. */
const SNAPSHOT = `
  INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
  SELECT codigo, clock_timestamp(), ubicacion_id, gen_random_uuid(), 24, 0 FROM almacenes`;

interface Paged<Row, Key> {
  readonly read: (after: Key | undefined, limit: number) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => Key;
}

/** Reads all pages of so many rows; `between` happens after each. */
async function readPages<Row, Key>(
  { read, keyOf }: Paged<Row, Key>,
  limit: number,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let key: Key | undefined; ;) {
    const page = await read(key, limit);
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return rows;
    key = keyOf(last);
    await between();
  }
}

const idOf = ({ codigo, almacen }: { codigo: string; almacen: string }): string => `${codigo} ${almacen}`;

/** Both questions, asked on one connection. */
function questions(
  client: Client,
  orden: string,
  estado: string | undefined,
): readonly Paged<{ codigo: string; almacen: string }, unknown>[] {
  let momento = '';
  return [
    paged({
      read: (after: ClaveExistencia | undefined, limit) =>
        readExistencias(client, {
          hoy: HOY,
          tiendas: TIENDAS,
          words: [],
          estado,
          categoria: undefined,
          marca: undefined,
          orden,
          after,
          limit,
        }),
      keyOf: ({ numero, texto, codigo, almacen }) => ({ numero, texto, codigo, almacen }),
    }),
    paged({
      read: async (after: ClaveAgotado | undefined, limit) => {
        const { filas, momento: until } = await readAgotados(client, {
          hoy: HOY,
          tiendas: TIENDAS,
          after,
          limit,
        });
        momento = until ?? '';
        return filas;
      },
      keyOf: ({ usd, codigo, almacen }) => ({ momento, usd, codigo, almacen }),
    }),
  ];
}

/** Forgets which keys a question has: they go back where they came from. */
const paged = <Row extends { codigo: string; almacen: string }, Key>({
  read,
  keyOf,
}: Paged<Row, Key>): Paged<{ codigo: string; almacen: string }, unknown> => {
  const rows = new Map<string, Key>();
  return {
    read: async (key, limit) => {
      const page = await read(typeof key === 'string' ? rows.get(key) : undefined, limit);
      for (const row of page) rows.set(idOf(row), keyOf(row));
      return page;
    },
    keyOf: idOf,
  };
};

async function withClient<T>(fn: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...toClientConfig(database.admin), application_name: 'pruebas' });
  await client.connect();
  return fn(client).finally(() => client.end());
}

describe('Pages that follow each other', () => {
  it('They have every row once, in the order of a page that holds all', async () => {
    await withClient((client) =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...ORDERS),
          fc.constantFrom(...STATES),
          fc.integer({ min: 1, max: 30 }),
          async (orden, estado, limit) => {
            for (const question of questions(client, orden, estado)) {
              const whole = (await question.read(undefined, 1_000)).map(idOf);
              expect((await readPages(question, limit)).map(idOf)).toEqual(whole);
              expect(new Set(whole).size).toBe(whole.length);
            }
          },
        ),
        { numRuns: 60 },
      ),
    );
  });

  it('They have every row that did not change once and in order, whatever loads do to others in between', async () => {
    const load = fc.record({
      what: fc.constantFrom(...Object.keys(LOADS)),
      article: fc.integer({ min: 1, max: 24 }),
    });
    await withClient((client) =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...ORDERS),
          fc.constantFrom(...STATES),
          fc.integer({ min: 3, max: 25 }),
          fc.array(load, { minLength: 1, maxLength: 6 }),
          fc.nat(1),
          async (orden, estado, limit, loads, which) => {
            const question = questions(client, orden, estado)[which];
            if (question === undefined) throw new RangeError(String(which));
            await client.query('BEGIN');
            const before = (await question.read(undefined, 1_000)).map(idOf);
            const touched = new Set<string>();
            const waiting = [...loads];
            const pages = await readPages(question, limit, async () => {
              const next = waiting.shift();
              if (next === undefined) return;
              touched.add(String(next.article).padStart(6, '0'));
              await client.query(LOADS[next.what] ?? '', [next.article]);
              await client.query(SNAPSHOT);
            });
            await client.query('ROLLBACK');

            const untouched = (ids: readonly string[]): string[] =>
              ids.filter((id) => !touched.has(id.slice(0, 6)));
            expect(untouched(pages.map(idOf))).toEqual(untouched(before));
          },
        ),
        { numRuns: 120 },
      ),
    );
  });
});
