import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import type { Connection } from '../../lambdas/core/postgres/connection.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { useDatabase } from '../support/database.ts';
import { codeBlocks, readDocument } from '../support/guide.ts';
import { ARTICULOS, step, zona } from './history-steps.ts';
import type { Step } from './history-steps.ts';
import { resetInventario, THRESHOLDS, withPipelineDatabase } from '../support/inventory.ts';
import type { Session } from '../support/database.ts';
import { propertyWithin } from '../support/property.ts';
import { BOSQUE, PERIFERICO, existencia, producto, snapshot } from '../support/snapshots.ts';
import { WholeSnapshots, iso } from './whole-snapshots.ts';
import type { Datos } from './whole-snapshots.ts';

const database = await useDatabase();

const TIENDAS = [PERIFERICO.id, BOSQUE.id] as const;
const ALMACENES = ['APP-TPF', 'APP-TBQ'] as const;

/** Long ago, so that years pass before the present; in microseconds, as every moment here. */
const START = Date.UTC(2001, 0, 31, 23, 40) * 1_000;

/** The first block closes the store, the second moves its rows into the history. */
const [, REMOVAL = ''] = codeBlocks(readDocument('docs/operacion.md'), 'sql', 'Quitar una tienda');

/** The world of one property run: two warehouses of two stores, and what is known of each. */
interface World {
  momento: number;
  /** What ended before this moment is retired. */
  limite: number;
  readonly models: readonly WholeSnapshots[];
  readonly tiendas: string[];
}

it('The views and functions answer as if every accepted snapshot had been stored whole', async () => {
  const asker = await database.openSession();
  try {
    await withPipelineDatabase(database.etl, async (pipeline) => {
      await fc.assert(
        propertyWithin(
          90_000,
          fc.tuple(fc.array(step, { minLength: 1, maxLength: 14 }), zona),
          async ([steps, timeZone]) => {
            await resetInventario(database);
            await asker.query(`SET TimeZone TO '${timeZone}'`);
            const world: World = {
              momento: START,
              limite: -Infinity,
              models: ALMACENES.map((almacen) => new WholeSnapshots(almacen)),
              tiendas: [...TIENDAS],
            };
            for (const next of steps) await play(world, next, pipeline, asker);
            await expectAnswers(world, asker);
          },
        ),
        { numRuns: 60 },
      );
    });
  } finally {
    await asker.end();
  }
});

async function play(
  world: World,
  { almacen: index, pausaMs, articulos, event }: Step,
  pipeline: Connection,
  asker: Session,
) {
  const [almacen, model] = [ALMACENES[index], world.models[index]];
  if (model === undefined) throw new Error('there are two warehouses');
  const before = world.momento;
  world.momento = (Math.floor(before / 1_000) + pausaMs) * 1_000;
  if (event === 'partitions made') {
    await asker.query('SELECT crear_particiones()');
    return;
  }
  if (event === 'retired') {
    world.limite = Math.max(world.limite, await retireMonthsBefore(before, asker));
    for (const one of world.models) one.retire(world.limite);
    return;
  }
  if (event === 'removed by hand') {
    // Unlike an extraction, it is as exact as the clock.
    world.momento += 789;
    await asker.query(
      REMOVAL.replaceAll('APP-TPF', almacen).replaceAll(
        'clock_timestamp()',
        `timestamptz '${iso(world.momento)}'`,
      ),
    );
    model.accept(world.momento, world.tiendas[index] ?? '', new Map(), { kept: new Set(), retire: true });
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
  const extraccion = new Date((older ? model.last.momento : world.momento) / 1_000);
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

/** Retires what ended before the month of a moment, and returns when that begins. */
async function retireMonthsBefore(momento: number, asker: Session): Promise<number> {
  const [row] = await asker.query(
    `SELECT (12 * (date_part('year', hoy) - date_part('year', mes)) + date_part('month', hoy) - date_part('month', mes))::integer AS meses,
            extract(epoch FROM mes AT TIME ZONE 'UTC')::float8 AS segundos
       FROM (SELECT now() AT TIME ZONE 'UTC' AS hoy, date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC') AS mes) AS m`,
    [iso(momento)],
  );
  let retirado: unknown;
  do {
    [{ retirado } = { retirado: null }] = await asker.query('SELECT retirar_historico($1) AS retirado', [
      row?.['meses'],
    ]);
  } while (retirado !== null);
  return Number(row?.['segundos']) * 1_000_000;
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

/** The migration tells the same of the rows that were there before it. */
async function expectBackfill(asker: Session): Promise<void> {
  const kept = await asker.query(KEPT);
  await asker.query('BEGIN');
  await asker.query('DELETE FROM inventario_agotado');
  await asker.query('UPDATE inventario_vigente SET existencia_desde = NULL');
  await asker.query(BACKFILL);
  expect(await asker.query(KEPT)).toEqual(kept);
  await asker.query('ROLLBACK');
}

async function expectAnswers({ models, tiendas, momento, limite }: World, asker: Session): Promise<void> {
  const ask = async (sql: string, ...params: readonly (string | number)[]): Promise<string[]> => {
    const texts = params.map((param) => (typeof param === 'number' ? iso(param) : param));
    return sorted((await asker.query(sql, texts)).map((row) => row['fila']));
  };
  const moments = models.flatMap(({ accepted }) => accepted.map((snapshot) => snapshot.momento));
  const asked = [
    ...new Set(
      [...moments, ...(Number.isFinite(limite) ? [limite] : []), momento].flatMap((instant) => [
        instant - 1,
        instant,
        instant + 1,
      ]),
    ),
  ];

  const retired = Number.isFinite(limite);
  expect(await asker.query(FALSE_AGOTADOS, [retired])).toEqual([]);
  expect(await asker.query(FALSE_EXISTENCIAS, [retired])).toEqual([]);
  if (!retired) await expectBackfill(asker);
  expect(await ask(ACTUAL)).toEqual(
    sorted(models.flatMap((model, index) => model.actual(tiendas[index] ?? ''))),
  );
  expect(await ask(HISTORICO)).toEqual(sorted(models.flatMap((model) => model.historico())));
  for (const instant of asked) {
    expect(await ask(EN, instant)).toEqual(sorted(models.flatMap((model) => model.at(instant))));
  }
  const [first, last] = [Math.min(...asked), Math.max(...asked)];
  const middle = moments[Math.floor(moments.length / 2)] ?? START;
  for (const [begin, hasta] of [
    [first, last],
    [first, middle],
    [middle, middle + 1],
    [middle, last],
    [last, first],
    [-Infinity, Infinity],
    [middle, Infinity],
  ] as const) {
    // Of a longer period only a part is kept.
    const desde = Math.max(begin, limite);
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
  `CASE WHEN ${columna} = 'infinity' THEN 'infinity' ELSE to_char(${columna} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END`;
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
const KEPT = `
  SELECT i.almacen_codigo, i.producto_id, i.existencia_desde, g.desde, g.conocido, g.negativo_desde
    FROM inventario_vigente i LEFT JOIN inventario_agotado g USING (almacen_codigo, producto_id) ORDER BY 1, 2`;

/** The statements of the migration that read the versions. */
const BACKFILL =
  /^CREATE FUNCTION pg_temp[^]*?(?=^-- )/m
    .exec(
      readFileSync(new URL('../../migrations/023_consultas_existencias.sql', import.meta.url), 'utf8'),
    )?.[0]
    .replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION') ?? '';

/** Rows of which the versions tell another beginning of their stock; once versions are retired ($1) a row may know more than they do. */
const FALSE_EXISTENCIAS = `
  WITH versiones AS (
    SELECT almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta FROM inventario_versiones
    UNION ALL
    SELECT almacen_codigo, producto_id, cantidad, vigente_desde, 'infinity' FROM inventario_vigente
  ), esperada AS (
    SELECT i.almacen_codigo, i.producto_id, coalesce(i.existencia_desde, i.vigente_desde) AS dicha, i.existencia_desde >= i.vigente_desde AS sobra,
           greatest(max(v.vigente_hasta) FILTER (WHERE v.cantidad <> i.cantidad),
                    max(v.vigente_desde) FILTER (WHERE v.cantidad = i.cantidad
                      AND NOT EXISTS (SELECT FROM versiones u WHERE u.almacen_codigo = v.almacen_codigo AND u.producto_id = v.producto_id AND u.vigente_hasta = v.vigente_desde)))
             AS desde
      FROM inventario_vigente i JOIN versiones v ON v.almacen_codigo = i.almacen_codigo AND v.producto_id = i.producto_id
     GROUP BY i.almacen_codigo, i.producto_id, i.existencia_desde, i.vigente_desde
  )
  SELECT * FROM esperada WHERE sobra OR dicha > desde OR NOT $1::boolean AND dicha <> desde`;

/**
 * Rows of inventario_agotado that the versions contradict, and those that it lacks. An article is out since the last version with stock ended, or since the last
 * one that came after a gap. Once versions are retired ($1) it may know more than they do.
 */
const FALSE_AGOTADOS = `
  WITH versiones AS (
    SELECT almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta FROM inventario_versiones
    UNION ALL
    SELECT almacen_codigo, producto_id, cantidad, vigente_desde, 'infinity' FROM inventario_vigente
  ), seguidas AS (
    SELECT v.*, EXISTS (SELECT FROM versiones u WHERE u.almacen_codigo = v.almacen_codigo AND u.producto_id = v.producto_id AND u.vigente_hasta = v.vigente_desde) AS sigue
      FROM versiones v
  ), esperado AS (
    SELECT i.almacen_codigo, i.producto_id, max(v.vigente_hasta) FILTER (WHERE v.cantidad > 0) AS ultimo_con,
           max(v.vigente_desde) FILTER (WHERE v.cantidad <= 0 AND NOT v.sigue) AS ultima_vuelta,
           CASE WHEN i.cantidad < 0 THEN greatest(max(v.vigente_hasta) FILTER (WHERE v.cantidad >= 0), max(v.vigente_desde) FILTER (WHERE v.cantidad < 0 AND NOT v.sigue))
                END AS negativo
      FROM inventario_vigente i JOIN seguidas v ON v.almacen_codigo = i.almacen_codigo AND v.producto_id = i.producto_id
     WHERE i.cantidad <= 0
     GROUP BY i.almacen_codigo, i.producto_id, i.cantidad
  )
  SELECT e.*, g.* FROM esperado e FULL JOIN inventario_agotado g ON g.almacen_codigo = e.almacen_codigo AND g.producto_id = e.producto_id
   WHERE e.almacen_codigo IS NULL OR g.almacen_codigo IS NULL OR (e.negativo IS NULL) <> (g.negativo_desde IS NULL)
      OR g.desde > greatest(e.ultimo_con, e.ultima_vuelta) OR g.negativo_desde > e.negativo
      OR NOT $1::boolean AND (g.desde, g.conocido, g.negativo_desde) IS DISTINCT FROM
                             (greatest(e.ultimo_con, e.ultima_vuelta), coalesce(e.ultimo_con >= coalesce(e.ultima_vuelta, '-infinity'), false), e.negativo)`;
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

/** Rows as texts, in one order, so that each is counted as often as it occurs. */
const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
