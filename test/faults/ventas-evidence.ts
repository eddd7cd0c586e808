import { expect } from '@jest/globals';
import { z } from 'zod';
import { MENSAJE_RESUMEN_VENTAS } from '../../lambdas/core/config/contract.ts';
import type { Resumen, ResumenTienda } from '../../lambdas/ventas-klk/summary.ts';
import type { Row, TestDatabase } from '../support/database.ts';
import type { LogLine } from '../support/output.ts';
import { UNSUMMED } from '../support/ventas-scene.ts';

/** Every slice at one moment: what the ledger says of it, what lines it holds, whether the two agree, and the sums by article and hour too. */
export const LOOK = `
  WITH hay AS (
    SELECT t.ubicacion_id, t.dia, t.desde, count(*) AS lineas, count(DISTINCT v.numero_factura) AS facturas, sum(v.venta_total) AS venta_total,
           coalesce(sum(v.cantidad_vendida) FILTER (WHERE NOT es_por_peso(v.unidad_medida_venta)), 0) AS unidades,
           coalesce(sum(v.cantidad_vendida) FILTER (WHERE es_por_peso(v.unidad_medida_venta)), 0) AS kilos,
           sum(hashtextextended(concat_ws('|', v.numero_factura, v.linea, v.fecha_venta, v.producto_id, v.cantidad_vendida, v.venta_total), 0)) AS vista
      FROM ventas v LEFT JOIN ventas_tramos t
        ON t.ubicacion_id = v.ubicacion_id AND t.dia = v.dia
       AND v.fecha_venta >= (t.dia + t.desde) AT TIME ZONE 'America/Caracas' AND v.fecha_venta < (t.dia + t.hasta) AT TIME ZONE 'America/Caracas'
     GROUP BY 1, 2, 3
  )
  SELECT concat_ws(' ', ubicacion_id, t.dia, left(t.desde::text, 5), left(t.hasta::text, 5)) AS tramo,
         t.estado, t.leido, t.error_codigo AS error, t.ejecucion_id::text AS ejecucion, coalesce(hay.vista::text, '') AS vista,
         (coalesce(hay.lineas, 0), coalesce(hay.facturas, 0), coalesce(hay.venta_total, 0), coalesce(hay.unidades, 0), coalesce(hay.kilos, 0))
         IS NOT DISTINCT FROM (t.lineas, t.facturas, t.venta_total, t.unidades, t.kilos) AS cuadra,
         NOT EXISTS (${UNSUMMED}) AS suma
    FROM ventas_tramos t FULL JOIN hay USING (ubicacion_id, dia, desde)
   ORDER BY 1`;

const Look = z.object({
  /** Store, day and bounds. */
  tramo: z.string(),
  estado: z.string(),
  leido: z.date().nullable(),
  error: z.string().nullable(),
  ejecucion: z.string().nullable(),
  /** Changes when any line of the slice does. */
  vista: z.string(),
  cuadra: z.literal(true),
  suma: z.literal(true),
});

/** One slice as a reader saw it. One of which ledger, lines and sums disagree, or a line without a slice, does not parse. */
type Look = z.infer<typeof Look>;

/** What happened while some runs of the sales were watched. */
export interface VentasEvidence {
  readonly database: TestDatabase;
  /** By a concurrent reader, one look after the other: the first before, the last after everything. */
  readonly answers: readonly (readonly Row[])[];
  /** A killed run has no summary. */
  readonly resumenes: readonly Resumen[];
  readonly runs: number;
  readonly lines: readonly LogLine[];
  readonly output: string;
  readonly canaries: readonly string[];
  /** The test cuts the database: runs may fail to record what they did. */
  readonly mayLoseRecords: boolean;
}

/** Failures that the ledger does not record: their cause is not the slice. */
const NOT_OF_THE_SLICE: readonly string[] = [
  'KLK_CAIDA',
  'CANDADO_PERDIDO',
  'TRAMO_ANTIGUO',
  'COMMIT_INCIERTO',
  'SIN_TIEMPO',
  'INTERRUMPIDA',
];

/** Errors of a store that a summary lists at most. */
const MAX_ERRORES = 20;

/** Longest line of the log, in characters: little of an answer of KLK is quoted. */
const MAX_LINE = 12_000;

/** Fails unless each slice is old or new at every look, and summary, ledger and run tables say the same. */
export async function expectVentasTrue(evidence: VentasEvidence): Promise<void> {
  const looks = evidence.answers.map((rows) => rows.map((row) => Look.parse(row)));
  expectOldOrNew(looks, evidence);
  const after = looks.at(-1) ?? [];
  for (const resumen of evidence.resumenes) await expectSummaryIsTrue(resumen, after, evidence);
  for (const canary of evidence.canaries) expect(evidence.output).not.toContain(canary);
  const others = evidence.output.split('\n').filter((line) => !line.includes(MENSAJE_RESUMEN_VENTAS));
  expect(others.filter((line) => line.length > MAX_LINE)).toEqual([]);
  expect(evidence.output).not.toContain('financiero":');
  await evidence.database.expectNoTrace();
}

/** A slice changes only with an accepted reading, at once, at most once for each run, and never back to an older reading. */
function expectOldOrNew(looks: readonly (readonly Look[])[], { runs }: VentasEvidence): void {
  const byTramo = new Map<string, Look[]>();
  for (const look of looks.flat()) {
    const seen = byTramo.get(look.tramo);
    if (seen === undefined) byTramo.set(look.tramo, [look]);
    else seen.push(look);
  }
  for (const [tramo, seen] of byTramo) {
    const views = seen.filter(({ vista }, index) => vista !== seen[index - 1]?.vista);
    // A reading that changes nothing is no other view.
    expect({ tramo, views: views.length <= 1 + runs }).toEqual({ tramo, views: true });
    for (const [index, look] of seen.entries()) {
      const earlier = seen[index - 1];
      if (earlier === undefined) continue;
      expect(Number(look.leido ?? 0)).toBeGreaterThanOrEqual(Number(earlier.leido ?? 0));
      if (look.vista !== earlier.vista)
        expect(Number(look.leido ?? 0)).toBeGreaterThan(Number(earlier.leido ?? 0));
    }
  }
}

async function expectSummaryIsTrue(
  resumen: Resumen,
  after: readonly Look[],
  evidence: VentasEvidence,
): Promise<void> {
  const { ejecucionId, tiendas, totales } = resumen;
  const ours = evidence.lines.filter((line) => line['ejecucionId'] === ejecucionId);
  expect(ours.filter(({ message }) => message === MENSAJE_RESUMEN_VENTAS)).toEqual([
    expect.objectContaining({ ...resumen }),
  ]);
  const good = resumen.dryRun ? 'simulada' : 'cargada';
  for (const { extraidos, validos, rechazados, duplicados, estado, errores, tramos } of tiendas) {
    expect(extraidos).toBe(validos + rechazados + duplicados);
    expect(estado === good).toBe(errores.length === 0);
    expect(errores.length).toBeGreaterThanOrEqual(Math.min(tramos.fallidos, MAX_ERRORES));
  }
  const done = tiendas.filter(({ estado }) => estado === good).length;
  const whole = done > 0 && done === tiendas.length;
  if (resumen.motivo === undefined) {
    expect(['exitosa', 'simulada'].includes(resumen.estado)).toBe(whole);
  }
  expect(totales).toMatchObject({ tiendas: tiendas.length, cargadas: resumen.dryRun ? 0 : done });
  if (resumen.dryRun) return;
  const lost = ours.some(({ message }) => message.startsWith('No se pudo anotar'));
  expect(lost && !evidence.mayLoseRecords).toBe(false);
  if (lost) return;
  await expectRecorded(resumen, evidence.database);
  if (evidence.runs === 1) for (const tienda of tiendas) expectLedgerSaysTheSame(tienda, resumen, after);
}

/** A slice that the run loaded is of this run and without an error; one that failed carries the error that the summary names. */
function expectLedgerSaysTheSame(
  { id, errores, tramos }: ResumenTienda,
  { ejecucionId }: Resumen,
  after: readonly Look[],
): void {
  const own = after.filter(({ tramo, ejecucion }) => tramo.startsWith(`${id} `) && ejecucion === ejecucionId);
  const uncertain = errores.filter(({ codigo }) => codigo === 'COMMIT_INCIERTO').length;
  const read = own.filter(({ error }) => error === null).length;
  expect(read).toBeGreaterThanOrEqual(tramos.cargados + tramos.iguales);
  expect(read).toBeLessThanOrEqual(tramos.cargados + tramos.iguales + uncertain);
  const named = errores.filter(({ codigo }) => !NOT_OF_THE_SLICE.includes(codigo));
  for (const { dia, desde, codigo } of named) {
    const found = after.find(({ tramo }) => tramo.startsWith(`${id} ${dia} ${desde} `));
    expect({ dia, desde, error: found?.error }).toEqual({ dia, desde, error: codigo });
    expect(['fallido', 'cerrado']).toContain(found?.estado);
  }
  if (errores.length < MAX_ERRORES)
    for (const { tramo, error } of own.filter((look) => look.error !== null))
      expect({ tramo, named: named.map(({ codigo }) => codigo) }).toEqual({
        tramo,
        named: expect.arrayContaining([error]),
      });
}

async function expectRecorded(resumen: Resumen, database: TestDatabase): Promise<void> {
  const { ejecucionId, estado, totales, tiendas, error } = resumen;
  const [ejecucion] = await database.query(
    `SELECT flujo, estado, tiendas, cargadas, fallidas, omitidas, extraidos, rechazados, lineas_nuevas AS nuevas, lineas_cambiadas AS cambiadas,
            lineas_retiradas AS retiradas, tramos_leidos AS leidos, tramos_fallidos AS fallidos, tramos_pendientes AS pendientes,
            trim_scale(venta_total)::text AS "ventaUsd", error_codigo AS error, fin IS NOT NULL AS cerrada
       FROM etl_ejecuciones WHERE id = $1::uuid`,
    [ejecucionId],
  );
  // A run that failed before any store may have found no database to open its row in.
  if (ejecucion === undefined && error !== undefined) return;
  const { tramos, ...sums } = totales;
  expect(ejecucion).toEqual({
    flujo: 'ventas',
    estado,
    ...sums,
    leidos: tramos.cargados + tramos.iguales,
    fallidos: tramos.fallidos,
    pendientes: tramos.pendientes,
    error: error?.codigo ?? null,
    cerrada: true,
  });
  const rows = await database.query(
    `SELECT ubicacion_id AS id, estado, dias, extraidos, validos, rechazados, duplicados, lineas_nuevas AS nuevas, lineas_cambiadas AS cambiadas,
            lineas_retiradas AS retiradas, trim_scale(venta_total)::text AS "ventaUsd", error_codigo AS error,
            jsonb_build_object('cargados', tramos_cargados, 'iguales', tramos_iguales, 'fallidos', tramos_fallidos, 'pendientes', tramos_pendientes) AS tramos,
            (SELECT count(*) FROM ventas_rechazos r WHERE r.ejecucion_id = e.ejecucion_id AND r.ubicacion_id = e.ubicacion_id)::integer AS cuarentena
       FROM etl_ejecucion_ventas e WHERE ejecucion_id = $1::uuid ORDER BY 1`,
    [ejecucionId],
  );
  expect(rows).toEqual(
    tiendas.map((tienda) => {
      const { errores, ...rest } = tienda;
      return {
        ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'nombre' && key !== 'ms')),
        error: errores[0]?.codigo ?? null,
        cuarentena: expect.any(Number),
      };
    }),
  );
  for (const { cuarentena, rechazados } of rows) expect(cuarentena).toBe(rechazados);
}
