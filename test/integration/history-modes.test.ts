import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deadlineIn } from '../../lambdas/inventario-klk/deadline.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import type { ModoHistorico } from '../../lambdas/inventario-klk/load/load-rules.ts';
import type { Snapshot } from '../../lambdas/inventario-klk/load/snapshot.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { resetInventario, withPipelineDatabase } from '../support/loading.ts';
import { at, PERIFERICO, snapshot } from '../support/snapshots.ts';

const MODOS = ['completo', 'cambios'] as const;
const ALMACENES = PERIFERICO.almacenes.map(({ codigo }) => codigo);
const CODIGOS = ['000001', '000002', '000003'];

const THRESHOLDS = { badRows: 1, lost: 1, gone: 1, unknown: 1, altered: 1 };
const BUDGET_MS = 60_000;

const databases = new Map<ModoHistorico, TestDatabase>();

beforeAll(async () => {
  for (const modo of MODOS) databases.set(modo, await createTestDatabase());
});

afterEach(async () => {
  for (const database of databases.values()) await database.expectNoTrace();
});

afterAll(async () => {
  for (const database of databases.values()) await database.drop();
});

/** What KLK answers about one article: its stock, mostly the same again, a row that is refused, or nothing. */
const articulo = fc.oneof(fc.constantFrom('1', '1.0', '2', '-3.5'), fc.constantFrom('rechazado', 'ausente'));

/** Around two hours, at which inventario_en tells short versions from long ones, and across a month. */
const MINUTES = [1, 30, 119, 120, 121, 300, 40 * 24 * 60];

const answer = fc.record({
  almacen: fc.constantFrom(...ALMACENES),
  minutes: fc.constantFrom(...MINUTES),
  articulos: fc.tuple(articulo, articulo, articulo),
  retirarAusentes: fc.boolean(),
});

type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

/** Quantity by warehouse and article: `APP-TPF 000001`. */
type Inventario = ReadonlyMap<string, number>;

/** What each moment of the sequence should have left. */
interface Accepted {
  readonly momento: Date;
  readonly inventario: Inventario;
}

function toSnapshot({ almacen, articulos, retirarAusentes }: Answer, extraccion: Date): Snapshot {
  const byCodigo = CODIGOS.map((codigo, index) => [codigo, articulos[index] ?? 'ausente'] as const);
  return snapshot(Object.fromEntries(byCodigo.filter(([, texto]) => /\d/.test(texto))), {
    almacen,
    extraccion,
    codigosRechazados: byCodigo.filter(([, texto]) => texto === 'rechazado').map(([codigo]) => codigo),
    retirarAusentes,
  });
}

function accept(
  before: Inventario,
  { almacen, inventario, codigosRechazados, retirarAusentes }: Snapshot,
): Inventario {
  const stays = (codigo: string): boolean => codigosRechazados.includes(codigo) || !retirarAusentes;
  const others = [...before].filter(
    ([key]) => !key.startsWith(almacen) || stays(key.slice(almacen.length + 1)),
  );
  return new Map([
    ...others,
    ...inventario.map(
      ({ producto_id, cantidad }) => [`${almacen} ${producto_id}`, Number(cantidad)] as const,
    ),
  ]);
}

/** Loads the sequence into both databases, and returns what it should have left at each moment. */
async function loadBoth(answers: readonly Answer[]): Promise<Accepted[]> {
  let momento = at('10:00');
  let inventario: Inventario = new Map();
  const snapshots: Snapshot[] = [];
  const accepted: Accepted[] = [];
  for (const next of answers) {
    const taken = toSnapshot(next, momento);
    snapshots.push(taken);
    inventario = accept(inventario, taken);
    accepted.push({ momento, inventario });
    momento = new Date(momento.getTime() + next.minutes * 60_000);
  }
  for (const [modo, database] of databases) {
    await resetInventario(database);
    await withPipelineDatabase(database.etl, async (pipeline) => {
      const rules = { thresholds: THRESHOLDS, historico: modo };
      for (const taken of snapshots) await loadAlmacen(pipeline, taken, rules, deadlineIn(BUDGET_MS));
    });
  }
  return accepted;
}

const sequence = fc.array(answer, { minLength: 2, maxLength: 7 });
const RUNS = { numRuns: 25 };

const sorted = (inventario: Inventario): [string, number][] =>
  [...inventario].toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('inventario_en', () => {
  it('answers in both modes what the last accepted snapshots before any moment left', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, async (answers) => {
        const accepted = await loadBoth(answers);
        const [first] = accepted;
        const expected = [
          { momento: new Date((first?.momento.getTime() ?? 0) - 1), inventario: new Map<string, number>() },
          ...accepted.flatMap(({ momento, inventario }, index) => {
            const next = accepted[index + 1]?.momento.getTime() ?? momento.getTime() + 1e9;
            const between = [momento.getTime(), (momento.getTime() + next) / 2, next - 1];
            return between.map((time) => ({ momento: new Date(time), inventario }));
          }),
        ];
        for (const database of databases.values()) {
          for (const { momento, inventario } of expected)
            expect(await inventarioEn(database, momento)).toEqual(sorted(inventario));
        }
      }),
      RUNS,
    );
  });
});

describe('historial_producto', () => {
  it('tells every version that held in the period, and the same quantities in both modes', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, fc.nat(6), fc.nat(6), async (answers, from, to) => {
        const accepted = await loadBoth(answers);
        const [desde, hasta] = [momentOf(accepted, from), momentOf(accepted, to)];
        for (const codigo of CODIGOS) {
          for (const database of databases.values()) {
            expect(await historial(database, codigo, desde, hasta)).toEqual(
              (await versions(database, codigo)).filter(
                ({ inicio, fin }) => desde < hasta && inicio < hasta && fin > desde,
              ),
            );
          }
          const [completo = [], cambios = []] = await Promise.all(
            [...databases.values()].map((database) => versions(database, codigo)),
          );
          expect(joinEqual(completo)).toEqual(cambios);
        }
      }),
      RUNS,
    );
  });
});

const momentOf = (accepted: readonly Accepted[], index: number): number =>
  accepted[index]?.momento.getTime() ?? Number.MAX_SAFE_INTEGER / 8;

async function inventarioEn(database: TestDatabase, momento: Date): Promise<[string, number][]> {
  const rows = await database.query(
    `SELECT almacen_codigo || ' ' || producto_id AS clave, cantidad::float8 AS cantidad FROM inventario_en($1) WHERE ubicacion_id = $2`,
    [momento, PERIFERICO.id],
  );
  return rows
    .map(({ clave, cantidad }): [string, number] => [String(clave), Number(cantidad)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A version of one article, in milliseconds; the current one ends at infinity. */
interface Version {
  readonly almacen: string;
  readonly cantidad: number;
  readonly inicio: number;
  readonly fin: number;
}

const COLUMNS = `almacen_codigo AS almacen, cantidad::float8 AS cantidad,
  extract(epoch FROM fecha_snapshot)::float8 * 1000 AS inicio, extract(epoch FROM fecha_reemplazo)::float8 * 1000 AS fin`;

const toVersions = (rows: readonly Record<string, unknown>[]): Version[] =>
  rows.map(({ almacen, cantidad, inicio, fin }) => ({
    almacen: String(almacen),
    cantidad: Number(cantidad),
    inicio: Number(inicio),
    fin: Number(fin),
  }));

const historial = async (
  database: TestDatabase,
  codigo: string,
  desde: number,
  hasta: number,
): Promise<Version[]> =>
  toVersions(
    await database.query(
      `SELECT ${COLUMNS} FROM historial_producto($1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000))`,
      [PERIFERICO.id, codigo, desde, hasta],
    ),
  );

/** Every version there is, read without the function. */
const versions = async (database: TestDatabase, codigo: string): Promise<Version[]> =>
  toVersions(
    await database.query(
      `SELECT ${COLUMNS}
         FROM (SELECT almacen_codigo, cantidad, fecha_snapshot, fecha_reemplazo FROM inventario_historico WHERE producto_id = $1
                UNION ALL
               SELECT almacen_codigo, cantidad, vigente_desde, 'infinity' FROM inventario_actual WHERE producto_id = $1) AS v
        ORDER BY fecha_snapshot, almacen_codigo`,
      [codigo],
    ),
  );

/** The versions with those that follow one another with the same quantity as one. */
function joinEqual(versions: readonly Version[]): Version[] {
  const joined: Version[] = [];
  for (const version of versions) {
    const index = joined.findIndex(
      ({ almacen, cantidad, fin }) =>
        almacen === version.almacen && cantidad === version.cantidad && fin === version.inicio,
    );
    const earlier = joined[index];
    if (earlier === undefined) joined.push(version);
    else joined[index] = { ...earlier, fin: version.fin };
  }
  return joined;
}
