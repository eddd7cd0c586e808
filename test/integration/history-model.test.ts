import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import type { Connection } from '../../lambdas/core/postgres/connection.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { ARTICULOS, step } from '../support/history-steps.ts';
import type { Step } from '../support/history-steps.ts';
import { resetInventario, THRESHOLDS, withPipelineDatabase } from '../support/loading.ts';
import { BOSQUE, PERIFERICO, existencia, producto, snapshot } from '../support/snapshots.ts';
import { WholeSnapshots } from '../support/whole-snapshots.ts';
import type { Datos } from '../support/whole-snapshots.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

const TIENDAS = [PERIFERICO.id, BOSQUE.id] as const;
const ALMACENES = ['APP-TPF', 'APP-TBQ'] as const;

/** Long ago, so that years pass before the present. */
const START = Date.UTC(2001, 0, 31, 23, 40);

/** The world of one property run: two warehouses of two stores, and what is known of each. */
interface World {
  momento: number;
  readonly models: readonly WholeSnapshots[];
  readonly tiendas: string[];
}

it('The views and functions answer as if every accepted snapshot had been stored whole', async () => {
  await withPipelineDatabase(database.etl, async (pipeline) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        await resetInventario(database);
        const world: World = {
          momento: START,
          models: ALMACENES.map((almacen) => new WholeSnapshots(almacen)),
          tiendas: [...TIENDAS],
        };
        for (const next of steps) await play(world, next, pipeline);
        await expectAnswers(world);
      }),
      { numRuns: 60 },
    );
  });
});

async function play(world: World, { almacen: index, pausaMs, articulos, event }: Step, pipeline: Connection) {
  const [almacen, model] = [ALMACENES[index], world.models[index]];
  if (model === undefined) throw new Error('there are two warehouses');
  world.momento += pausaMs;
  if (event === 'partitions made') {
    await database.query('SELECT crear_particiones()');
    return;
  }
  if (event === 'moved to the other store') {
    world.tiendas[index] = TIENDAS.find((tienda) => tienda !== world.tiendas[index]) ?? '';
    await database.query('UPDATE almacenes SET ubicacion_id = $2 WHERE codigo = $1', [
      almacen,
      world.tiendas[index],
    ]);
    return;
  }
  const tienda = world.tiendas[index] ?? '';
  const { brought, kept } = answerOf(event, articulos, model);
  const older = event === 'refused as older' && model.last !== undefined;
  const suspicious = event === 'refused as suspicious' && hasStock(model);
  const extraccion = new Date(older ? model.last.momento : world.momento);
  const retire = event !== 'unreadable code';
  const offered = snapshot(
    {},
    {
      almacen,
      ubicacionId: tienda,
      extraccion,
      productos: [...brought.keys()].map((codigo) => producto(codigo)),
      inventario: [...brought].map(([codigo, { cantidad, precio, iva }]) =>
        existencia(codigo, cantidad, { precio_venta: precio, iva }),
      ),
      codigosRechazados: [...kept],
      retirarAusentes: retire,
      articulos: brought.size + kept.size,
      forzar: !suspicious,
    },
  );
  const loaded = loadAlmacen(pipeline, offered, THRESHOLDS, deadlineIn(60_000));
  if (older || suspicious) {
    await expect(loaded).rejects.toMatchObject({ codigo: older ? 'SNAPSHOT_ANTIGUO' : 'SOSPECHOSO_CEROS' });
    return;
  }
  await loaded;
  model.accept(world.momento, tienda, canonical(brought), { kept, retire });
}

const hasStock = (model: WholeSnapshots): boolean =>
  [...(model.last?.articulos.values() ?? [])].some(({ cantidad }) => Number(cantidad) > 0);

/** What KLK answers. */
function answerOf(
  event: Step['event'],
  articulos: Step['articulos'],
  model: WholeSnapshots,
): { readonly brought: ReadonlyMap<string, Datos>; readonly kept: ReadonlySet<string> } {
  if (event === 'empty') return { brought: new Map(), kept: new Set() };
  if (event === 'again') return { brought: model.last?.articulos ?? new Map(), kept: new Set() };
  const brought = new Map<string, Datos>();
  const kept = new Set<string>();
  for (const [position, codigo] of ARTICULOS.entries()) {
    const articulo = articulos[position] ?? 'ausente';
    if (articulo === 'rechazado') kept.add(codigo);
    else if (articulo !== 'ausente')
      brought.set(codigo, event === 'refused as suspicious' ? { ...articulo, cantidad: '0' } : articulo);
  }
  return { brought, kept };
}

const canonical = (brought: ReadonlyMap<string, Datos>): Map<string, Datos> =>
  new Map(
    [...brought].map(([codigo, { cantidad, precio, iva }]) => [
      codigo,
      { cantidad: text(cantidad), precio: precio && text(precio), iva: iva && text(iva) },
    ]),
  );

const text = (decimal: string): string => String(Number(decimal));

async function expectAnswers({ models, tiendas, momento }: World): Promise<void> {
  const moments = models.flatMap(({ accepted }) => accepted.map((snapshot) => snapshot.momento));
  const asked = [...new Set([...moments, momento].flatMap((instant) => [instant - 1, instant, instant + 1]))];

  expect(await ask(ACTUAL)).toEqual(
    sorted(models.flatMap((model, index) => model.actual(tiendas[index] ?? ''))),
  );
  expect(await ask(HISTORICO)).toEqual(sorted(models.flatMap((model) => model.historico())));
  for (const instant of asked) {
    expect(await ask(EN, instant)).toEqual(sorted(models.flatMap((model) => model.at(instant))));
  }
  const [first, last] = [Math.min(...asked), Math.max(...asked)];
  const middle = moments[Math.floor(moments.length / 2)] ?? START;
  for (const [desde, hasta] of [
    [first, last],
    [first, middle],
    [middle, middle + 1],
    [middle, last],
    [last, first],
    [-Infinity, Infinity],
    [middle, Infinity],
  ] as const) {
    for (const tienda of TIENDAS) {
      for (const codigo of ARTICULOS) {
        expect(await ask(HISTORIAL, tienda, codigo, desde, hasta)).toEqual(
          sorted(models.flatMap((model) => model.historial(tienda, codigo, desde, hasta))),
        );
      }
    }
    expect(await ask(PRECIOS, desde, hasta)).toEqual(
      sorted(models.flatMap((model) => model.precios(desde, hasta))),
    );
  }
}

const instante = (columna: string): string =>
  `CASE WHEN ${columna} = 'infinity' THEN 'infinity' ELSE to_char(${columna} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END`;
const datos = ['cantidad', 'precio_venta', 'iva'].map((columna) => `trim_scale(${columna})::text`);
const fila = (columns: readonly string[], from: string): string =>
  `SELECT jsonb_build_array(${columns.join(', ')}) AS fila FROM ${from}`;

const CODIGOS = ['ubicacion_id', 'almacen_codigo', 'producto_id'];
const ACTUAL = fila(
  [...CODIGOS, ...datos, instante('fecha_actualizacion'), instante('vigente_desde')],
  'inventario_actual',
);
const HISTORICO = fila(
  [...CODIGOS, ...datos, instante('fecha_snapshot'), instante('fecha_reemplazo')],
  'inventario_historico',
);
const EN = fila([...CODIGOS, ...datos], 'inventario_en($1)');
const HISTORIAL = fila(
  ['almacen_codigo', ...datos, instante('fecha_snapshot'), instante('fecha_reemplazo')],
  'historial_producto($1, $2, $3, $4)',
);
const PRECIOS = fila(
  [
    'almacen_codigo',
    'producto_id',
    'trim_scale(precio_anterior)::text',
    'trim_scale(precio_nuevo)::text',
    instante('fecha'),
  ],
  'precios_cambiados($1, $2)',
);

/** A moment as PostgreSQL reads it. */
const toText = (param: string | number): string =>
  typeof param === 'string'
    ? param
    : Number.isFinite(param)
      ? new Date(param).toISOString()
      : param < 0
        ? '-infinity'
        : 'infinity';

async function ask(sql: string, ...params: readonly (string | number)[]): Promise<string[]> {
  return sorted((await database.query(sql, params.map(toText))).map((row) => row['fila']));
}

/** Rows as texts, in one order, so that each is counted as often as it occurs. */
const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
