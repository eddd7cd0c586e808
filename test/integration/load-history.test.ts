import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LoadCounts } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { load, resetInventario } from '../support/loading.ts';
import { snapshot } from '../support/snapshots.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

const CODIGOS = ['000001', '000002', '000003', '000004'];

/** What KLK answers about one article: its stock, a row that is refused, or nothing. */
const articulo = fc.oneof(
  fc.integer({ min: -9, max: 9 }).map(String),
  fc.constantFrom('rechazado', 'ausente'),
);

const answer = fc.record({
  articulos: fc.tuple(articulo, articulo, articulo, articulo),
  retirarAusentes: fc.boolean(),
});

/** The quantity of each article as the loads so far should have left it. */
type Inventario = ReadonlyMap<string, string>;

const minute = (index: number): Date => new Date(Date.UTC(2026, 10, 18, 10, index));

const modes = ['completo', 'cambios'] as const;

it.each(modes)(
  'In mode %s the history and the current rows tell for any moment what was accepted',
  async (historico) => {
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 2, maxLength: 6 }), async (answers) => {
        await resetInventario(database);
        let before: Inventario = new Map();
        const moments: [Date, Inventario][] = [];
        for (const [index, { articulos, retirarAusentes }] of answers.entries()) {
          const byCodigo = CODIGOS.map(
            (codigo, position) => [codigo, articulos[position] ?? 'ausente'] as const,
          );
          const validos = new Map(byCodigo.filter(([, texto]) => /\d/.test(texto)));
          const counts = await load(
            database.etl,
            snapshot(Object.fromEntries(validos), {
              extraccion: minute(index),
              codigosRechazados: byCodigo
                .filter(([, texto]) => texto === 'rechazado')
                .map(([codigo]) => codigo),
              retirarAusentes,
            }),
            { historico },
          );
          const ausentes = byCodigo.filter(([, texto]) => texto === 'ausente').map(([codigo]) => codigo);
          const after = new Map([...before, ...validos]);
          if (retirarAusentes) for (const codigo of ausentes) after.delete(codigo);
          expect(counts).toMatchObject(countsOf(before, after, validos, historico));
          moments.push([minute(index), after]);
          before = after;
        }
        for (const [moment, inventario] of moments)
          expect(await inventarioAt(moment)).toEqual(sorted(inventario));
        expect(await overlaps()).toEqual([]);
      }),
      { numRuns: 8 },
    );
  },
);

function countsOf(
  before: Inventario,
  after: Inventario,
  validos: Inventario,
  historico: (typeof modes)[number],
): Partial<LoadCounts> {
  const replaced = [...before].filter(([codigo]) => validos.has(codigo));
  const retirados = [...before.keys()].filter((codigo) => !after.has(codigo)).length;
  const changed = replaced.filter(([codigo, cantidad]) => validos.get(codigo) !== cantidad);
  return {
    inventario: after.size,
    conservados: after.size - validos.size,
    retirados,
    historico: retirados + (historico === 'completo' ? replaced : changed).length,
  };
}

const sorted = (inventario: Inventario): Record<string, unknown>[] =>
  [...inventario]
    .map(([codigo, cantidad]) => ({ codigo, cantidad }))
    .toSorted((a, b) => (a.codigo < b.codigo ? -1 : 1));

/** The interval query of the dashboards. */
const inventarioAt = (moment: Date): Promise<Record<string, unknown>[]> =>
  database.query(
    `SELECT producto_id AS codigo, cantidad FROM inventario_historico
      WHERE almacen_codigo = 'APP-TPF' AND fecha_snapshot <= $1 AND $1 < fecha_reemplazo
     UNION ALL
     SELECT producto_id, cantidad FROM inventario_actual
      WHERE almacen_codigo = 'APP-TPF' AND vigente_desde <= $1
      ORDER BY codigo`,
    [moment],
  );

const overlaps = (): Promise<Record<string, unknown>[]> =>
  database.query(
    `WITH versiones AS (
       SELECT producto_id, tstzrange(fecha_snapshot, fecha_reemplazo) AS vigencia FROM inventario_historico
       UNION ALL
       SELECT producto_id, tstzrange(vigente_desde, NULL) FROM inventario_actual
     )
     SELECT a.producto_id FROM versiones AS a JOIN versiones AS b USING (producto_id)
      WHERE a.vigencia <> b.vigencia AND a.vigencia && b.vigencia`,
  );
