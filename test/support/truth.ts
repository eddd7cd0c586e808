import { expect } from '@jest/globals';
import { EjecucionFallida, EjecucionIncompleta } from '../../lambdas/core/run/outcome.ts';
import { MENSAJE_RESUMEN } from '../../lambdas/core/config/contract.ts';
import type { Resumen, ResumenAlmacen } from '../../lambdas/inventario-klk/summary.ts';
import type { LogLine } from './captured-output.ts';
import type { DatabaseState } from './database-state.ts';
import type { TestDatabase } from './database.ts';

/** The cap of the quarantine, as `database-sink.ts` has it. */
const MAX_RECHAZOS = 1_000;

/** A run that ended, by itself or not. */
export interface Ran {
  /** Absent when its process died. */
  readonly resumen: Resumen | undefined;
  /** What the handler would have thrown. */
  readonly thrown: unknown;
  readonly elapsedMs: number;
  readonly limitMs: number;
  readonly lines: readonly LogLine[];
}

interface Around {
  readonly database: TestDatabase;
  /** The test takes the database away from its runs. */
  readonly mayLoseRecords: boolean;
  readonly before: DatabaseState;
  readonly after: DatabaseState;
  readonly runs: readonly Ran[];
}

/** I5: the summary adds up; log, error, run tables and the warehouses' marks say the same as it does. */
export async function expectSummaryIsTrue(ran: Ran, around: Around): Promise<void> {
  const { resumen } = ran;
  if (resumen === undefined) return;
  expectItAddsUp(resumen);
  const summaries = ran.lines.filter(
    ({ message, ejecucionId }) => message === MENSAJE_RESUMEN && ejecucionId === resumen.ejecucionId,
  );
  expect(summaries).toEqual([expect.objectContaining({ ...resumen })]);
  expectErrorSaysTheSame(resumen, ran.thrown);
  if (resumen.dryRun) return;
  expectMarks(resumen, around);
  await expectRecorded(ran, resumen, around);
}

const almacenesOf = ({ tiendas }: Resumen): ResumenAlmacen[] =>
  tiendas.flatMap(({ almacenes }) => [...almacenes]);

function expectItAddsUp(resumen: Resumen): void {
  for (const almacen of almacenesOf(resumen)) {
    const { extraidos, validos, rechazados, duplicados, estado, error } = almacen;
    expect(extraidos).toBe(validos + rechazados + duplicados);
    expect(error === undefined).toBe(estado === 'cargado' || estado === 'simulado');
  }
  for (const { estado, almacenes } of resumen.tiendas) {
    const estados = almacenes.map((almacen) => almacen.estado);
    const worst = estados.includes('fallido')
      ? 'fallida'
      : estados.includes('omitido')
        ? 'omitida'
        : resumen.dryRun
          ? 'simulada'
          : 'cargada';
    expect(estado).toBe(worst);
  }
  const done = resumen.tiendas.filter(({ estado }) => estado === 'cargada' || estado === 'simulada').length;
  const complete = done > 0 && done === resumen.tiendas.length;
  expect(resumen.estado).toBe(
    resumen.motivo !== undefined
      ? 'omitida'
      : complete
        ? resumen.dryRun
          ? 'simulada'
          : 'exitosa'
        : done > 0
          ? 'parcial'
          : 'fallida',
  );
}

function expectErrorSaysTheSame(resumen: Resumen, thrown: unknown): void {
  if (resumen.estado === 'exitosa' || resumen.estado === 'simulada' || resumen.estado === 'omitida') {
    expect(thrown).toBeUndefined();
    return;
  }
  expect(thrown).toBeInstanceOf(resumen.error === undefined ? EjecucionIncompleta : EjecucionFallida);
  const mensaje = String(thrown);
  if (resumen.error !== undefined) expect(mensaje).toContain(resumen.error.codigo);
  for (const { codigo, error } of almacenesOf(resumen)) {
    if (error !== undefined) expect(mensaje).toContain(`${codigo} ${error.codigo}`);
  }
}

/** A warehouse that says it was loaded bears this run's mark; one that says it was not, bears none of it. */
function expectMarks(resumen: Resumen, { before, after, runs }: Around): void {
  for (const { codigo, estado, extraidos, validos, inventario, historico, error } of almacenesOf(resumen)) {
    const [old, current] = [before.get(codigo), after.get(codigo)];
    if (estado === 'cargado' && runs.length === 1) {
      expect(current?.ultimaEjecucionId).toBe(resumen.ejecucionId);
      // Refused rows may be several of one article.
      expect(current?.ultimosArticulos).toBeGreaterThanOrEqual(validos);
      expect(current?.ultimosArticulos).toBeLessThanOrEqual(extraidos);
      expect(current?.existencias.size).toBe(inventario);
      expect((current?.historico ?? 0) - (old?.historico ?? 0)).toBe(historico);
    } else if (estado !== 'cargado' && error?.codigo !== 'COMMIT_INCIERTO') {
      expect(current?.ultimaEjecucionId ?? null).not.toBe(resumen.ejecucionId);
    }
  }
}

async function expectRecorded(
  { lines }: Ran,
  resumen: Resumen,
  { database, mayLoseRecords }: Around,
): Promise<void> {
  const [ejecucion] = await database.query(
    `SELECT estado, tiendas, cargadas, fallidas, omitidas, extraidos, rechazados, inventario, historico,
            error_codigo, error_mensaje, fin IS NOT NULL AS cerrada
       FROM etl_ejecuciones WHERE id = $1::uuid`,
    [resumen.ejecucionId],
  );
  const { estado, totales, error } = resumen;
  // A run that failed before any store may have found no database to open its row in.
  if (ejecucion === undefined && error !== undefined) return;
  const lost = lines.filter(
    ({ message, ejecucionId }) =>
      message.startsWith('No se pudo anotar') && ejecucionId === resumen.ejecucionId,
  );
  if (!mayLoseRecords) expect(lost).toEqual([]);
  if (lost.length > 0) {
    expect(['en_curso', 'abandonada', estado]).toContain(ejecucion?.['estado']);
    return;
  }
  expect(ejecucion).toEqual({
    estado,
    ...totales,
    error_codigo: error?.codigo ?? null,
    error_mensaje: error?.mensaje ?? null,
    cerrada: true,
  });

  const almacenes = await database.query(
    `SELECT almacen_codigo AS codigo, estado, extraidos, validos, rechazados, duplicados,
            productos_nuevos AS "productosNuevos", productos_actualizados AS "productosActualizados",
            inventario, conservados, retirados, historico, error_codigo, error_mensaje, error_fase,
            jsonb_build_object('extraccion', ms_extraccion, 'transformacion', ms_transformacion, 'carga', ms_carga) AS ms,
            (SELECT count(*) FROM etl_rechazos r WHERE r.ejecucion_id = e.ejecucion_id AND r.almacen_codigo = e.almacen_codigo)::integer AS cuarentena
       FROM etl_ejecucion_almacenes e WHERE ejecucion_id = $1::uuid ORDER BY almacen_codigo`,
    [resumen.ejecucionId],
  );
  expect(almacenes).toEqual(
    almacenesOf(resumen)
      .toSorted((a, b) => (a.codigo < b.codigo ? -1 : 1))
      .map(({ ms, error: failure, ...rest }) => ({
        ...rest,
        ms,
        error_codigo: failure?.codigo ?? null,
        error_mensaje: failure?.mensaje ?? null,
        error_fase: failure?.fase ?? null,
        cuarentena: expect.any(Number),
      })),
  );
  expectQuarantine(almacenes);
}

/** Every refused row is kept, until the run has as many as it may keep. */
function expectQuarantine(almacenes: readonly Record<string, unknown>[]): void {
  const sum = (key: string): number => almacenes.reduce((total, almacen) => total + Number(almacen[key]), 0);
  const kept = sum('cuarentena');
  expect(kept).toBe(Math.min(sum('rechazados'), MAX_RECHAZOS));
  for (const { cuarentena, rechazados } of almacenes) {
    if (kept < MAX_RECHAZOS) expect(cuarentena).toBe(rechazados);
  }
}
