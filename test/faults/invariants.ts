import { expect } from '@jest/globals';
import { z } from 'zod';
import { MENSAJE_RESUMEN } from '../../lambdas/core/config/contract.ts';
import { EjecucionFallida, EjecucionIncompleta } from '../../lambdas/core/run/outcome.ts';
import type { Resumen, ResumenAlmacen } from '../../lambdas/inventario-klk/summary.ts';
import type { Row, TestDatabase } from '../support/database.ts';
import { PAYLOAD_CANARY } from './klk-answers.ts';
import type { Existencias } from './klk-answers.ts';
import type { LogLine } from '../support/output.ts';
import { looksLike } from './database-state.ts';
import type { DatabaseState } from './database-state.ts';

/** The cap of the quarantine, as `record-almacen.ts` has it. */
const MAX_RECHAZOS = 1_000;

/** A run that ended, by itself or not. */
export interface Ended {
  /** Absent when its process died. */
  readonly resumen: Resumen | undefined;
  /** What the handler would have thrown. */
  readonly thrown: unknown;
  readonly elapsedMs: number;
  readonly limitMs: number;
}

/** A run whose process was killed: neither its outcome nor its time is known. */
export const DIED: Ended = { resumen: undefined, thrown: undefined, elapsedMs: 0, limitMs: 1 };

/** What a warehouse held from the moment its snapshot was taken. */
export interface AcceptedMoment {
  readonly almacen: string;
  readonly extraccion: Date;
  readonly existencias: Existencias;
}

/** What happened while some runs were watched. */
export interface Evidence {
  readonly database: TestDatabase;
  /** The test takes the database away from its runs: they may fail to record what they did. */
  readonly mayLoseRecords: boolean;
  readonly before: DatabaseState;
  readonly after: DatabaseState;
  readonly runs: readonly Ended[];
  readonly lines: readonly LogLine[];
  /** By warehouse, what a concurrent reader saw, one look after the other; '' where there were no rows. */
  readonly seen: ReadonlyMap<string, readonly string[]>;
  /** By warehouse, what it holds if a load was accepted. */
  readonly accepted: ReadonlyMap<string, Existencias>;
  /** By warehouse, everything that KLK had since the tables were emptied. */
  readonly served: ReadonlyMap<string, readonly Existencias[]>;
  /** Every snapshot accepted so far. */
  readonly moments: readonly AcceptedMoment[];
  /** All that the runs printed and threw, as one text. */
  readonly output: string;
  readonly canaries: readonly string[];
}

/** Fails unless I1 to I7 of docs/fiabilidad.md hold; I8 is the dry run's own. */
export async function expectInvariants(evidence: Evidence): Promise<void> {
  for (const almacen of evidence.seen.keys()) expectOldOrNew(almacen, evidence);
  await expectHistory(evidence);
  for (const { resumen, thrown } of evidence.runs)
    if (resumen !== undefined) await expectSummaryIsTrue(resumen, thrown, evidence);
  for (const canary of [...evidence.canaries, PAYLOAD_CANARY]) expect(evidence.output).not.toContain(canary);
  await evidence.database.expectNoTrace();
  for (const { elapsedMs, limitMs } of evidence.runs) expect(elapsedMs).toBeLessThan(limitMs);
}

const almacenesIn = ({ tiendas }: Resumen): ResumenAlmacen[] =>
  tiendas.flatMap(({ almacenes }) => [...almacenes]);

/** How a run says that it left a warehouse. */
const outcomeOf = ({ resumen }: Ended, almacen: string): ResumenAlmacen | undefined =>
  resumen && almacenesIn(resumen).find(({ codigo }) => codigo === almacen);

/**
 * I1, I2, I4: a warehouse is entirely old or entirely new for every reader, only a run that reports a load makes it new, and it never
 * becomes old again.
 */
function expectOldOrNew(almacen: string, evidence: Evidence): void {
  const [old, current] = [evidence.before.get(almacen), evidence.after.get(almacen)];
  const loaded = evidence.runs.filter((run) => outcomeOf(run, almacen)?.estado === 'cargado').length;
  // Runs that could not find out whether their COMMIT happened, and runs that died.
  const uncertain = evidence.runs.filter(
    (run) => run.resumen === undefined || outcomeOf(run, almacen)?.error?.codigo === 'COMMIT_INCIERTO',
  ).length;

  if (old?.extraccion?.getTime() === current?.extraccion?.getTime()) {
    expect({ almacen, loaded }).toEqual({ almacen, loaded: 0 });
    expect(current?.huella ?? '').toBe(old?.huella ?? '');
  } else {
    expect({ almacen, loads: loaded + uncertain }).not.toEqual({ almacen, loads: 0 });
    expect({ almacen, existencias: current?.existencias }).toEqual({
      almacen,
      existencias: evidence.accepted.get(almacen),
    });
    expect(Number(current?.extraccion)).toBeGreaterThan(Number(old?.extraccion ?? 0));
  }
  const seen = evidence.seen.get(almacen) ?? [];
  const known = [old?.vista ?? '', current?.vista ?? ''];
  // Where two loads were under way, what one of them brought may have been replaced by the other.
  const between = loaded + uncertain < 2 ? [] : (evidence.served.get(almacen) ?? []);
  const mixed = seen.filter(
    (vista) => !known.includes(vista) && !between.some((stocks) => looksLike(vista, stocks)),
  );
  expect({ almacen, mixed }).toEqual({ almacen, mixed: [] });
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeLessThanOrEqual(1 + loaded + uncertain);
}

/** What each snapshot says of each article, in force in [desde, hasta). Asked once: the history is a view. */
const VERSIONES = `
  WITH v AS MATERIALIZED (
  SELECT almacen_codigo, producto_id, cantidad, fecha_snapshot AS desde, fecha_reemplazo AS hasta FROM inventario_historico
  UNION ALL
  SELECT almacen_codigo, producto_id, cantidad, fecha_actualizacion, 'infinity' FROM inventario_actual)`;

const AtMoment = z.object({ cantidades: z.record(z.string(), z.number()) });

/** I3: asked for any accepted moment, history and current rows answer exactly what was accepted; no two versions overlap. */
async function expectHistory({ database, moments }: Evidence): Promise<void> {
  const rows = await database.query(
    `${VERSIONES}
     SELECT (SELECT coalesce(jsonb_object_agg(producto_id, cantidad), '{}') FROM v
              WHERE v.almacen_codigo = m.almacen AND v.desde <= m.momento AND m.momento < v.hasta) AS cantidades
       FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS m (almacen, momento, n) ORDER BY n`,
    [moments.map(({ almacen }) => almacen), moments.map(({ extraccion }) => extraccion)],
  );
  const answered = rows.map((row) => new Map(Object.entries(AtMoment.parse(row).cantidades)));
  expect(answered).toEqual(moments.map(({ existencias }) => existencias));

  const overlaps = await database.query(
    `${VERSIONES}
     SELECT * FROM (SELECT almacen_codigo, producto_id, hasta,
                           lead(desde) OVER (PARTITION BY almacen_codigo, producto_id ORDER BY desde) AS siguiente
                      FROM v) AS s
      WHERE hasta > siguiente`,
  );
  expect(overlaps).toEqual([]);
}

/** I5: the summary adds up; log, error, run tables and the warehouses say the same as it does. */
async function expectSummaryIsTrue(resumen: Resumen, thrown: unknown, evidence: Evidence): Promise<void> {
  const ours = evidence.lines.filter(({ ejecucionId }) => ejecucionId === resumen.ejecucionId);
  expect(ours.filter(({ message }) => message === MENSAJE_RESUMEN)).toEqual([
    expect.objectContaining({ ...resumen }),
  ]);
  expectItAddsUp(resumen);
  expectErrorSaysTheSame(resumen, thrown);
  if (resumen.dryRun) return;
  for (const almacen of almacenesIn(resumen)) expectAlmacenSaysTheSame(almacen, resumen, evidence);
  const lost = ours.some(({ message }) => message.startsWith('No se pudo anotar'));
  expect(lost && !evidence.mayLoseRecords).toBe(false);
  await expectRecorded(resumen, lost, evidence.database);
}

function expectItAddsUp({ tiendas, dryRun, motivo, estado }: Resumen): void {
  const good = dryRun ? 'simulada' : 'cargada';
  for (const tienda of tiendas) {
    for (const { extraidos, validos, rechazados, duplicados, ...almacen } of tienda.almacenes) {
      expect(extraidos).toBe(validos + rechazados + duplicados);
      expect(almacen.error === undefined).toBe(['cargado', 'simulado'].includes(almacen.estado));
    }
    const estados = tienda.almacenes.map((almacen) => almacen.estado);
    const bad = estados.includes('omitido') ? 'omitida' : good;
    expect(tienda.estado).toBe(estados.includes('fallido') ? 'fallida' : bad);
  }
  const done = tiendas.filter((tienda) => tienda.estado === good).length;
  const partly = done > 0 ? 'parcial' : 'fallida';
  const whole = dryRun ? 'simulada' : 'exitosa';
  const expected = done > 0 && done === tiendas.length ? whole : partly;
  expect(estado).toBe(motivo === undefined ? expected : 'omitida');
}

function expectErrorSaysTheSame(resumen: Resumen, thrown: unknown): void {
  if (['exitosa', 'simulada', 'omitida'].includes(resumen.estado)) {
    expect(thrown).toBeUndefined();
    return;
  }
  expect(thrown).toBeInstanceOf(resumen.error === undefined ? EjecucionIncompleta : EjecucionFallida);
  const mensaje = String(thrown);
  if (resumen.error !== undefined) expect(mensaje).toContain(resumen.error.codigo);
  for (const { codigo, error } of almacenesIn(resumen))
    if (error !== undefined) expect(mensaje).toContain(`${codigo} ${error.codigo}`);
}

/** The last snapshot of a warehouse is of this run if it says that it loaded it, and is not if it says otherwise. */
function expectAlmacenSaysTheSame(
  { codigo, estado, extraidos, validos, inventario, historico, error }: ResumenAlmacen,
  { ejecucionId }: Resumen,
  { before, after, runs }: Evidence,
): void {
  const [old, current] = [before.get(codigo), after.get(codigo)];
  if (estado === 'cargado' && runs.length === 1) {
    expect(current?.ejecucionId).toBe(ejecucionId);
    // Refused rows may be several of one article.
    expect(current?.articulos).toBeGreaterThanOrEqual(validos);
    expect(current?.articulos).toBeLessThanOrEqual(extraidos);
    expect(current?.existencias.size).toBe(inventario);
    expect((current?.historico ?? 0) - (old?.historico ?? 0)).toBe(historico);
  } else if (estado !== 'cargado' && error?.codigo !== 'COMMIT_INCIERTO') {
    expect(current?.ejecucionId ?? null).not.toBe(ejecucionId);
  }
}

async function expectRecorded(resumen: Resumen, lost: boolean, database: TestDatabase): Promise<void> {
  const { ejecucionId, estado, totales, error } = resumen;
  const [ejecucion] = await database.query(
    `SELECT estado, tiendas, cargadas, fallidas, omitidas, extraidos, rechazados, inventario, historico,
            error_codigo, error_mensaje, fin IS NOT NULL AS cerrada
       FROM etl_ejecuciones WHERE id = $1::uuid`,
    [ejecucionId],
  );
  // A run that failed before any store may have found no database to open its row in.
  if (ejecucion === undefined && error !== undefined) return;
  if (lost) {
    expect(['en_curso', 'abandonada', estado]).toContain(ejecucion?.['estado']);
    return;
  }
  const wrong = (failure: Resumen['error']): Row => ({
    error_codigo: failure?.codigo ?? null,
    error_mensaje: failure?.mensaje ?? null,
  });
  expect(ejecucion).toEqual({ estado, ...totales, ...wrong(error), cerrada: true });

  const almacenes = await database.query(
    `SELECT almacen_codigo AS codigo, estado, extraidos, validos, rechazados, duplicados,
            productos_nuevos AS "productosNuevos", productos_actualizados AS "productosActualizados",
            inventario, conservados, retirados, historico, error_codigo, error_mensaje, error_fase,
            jsonb_build_object('extraccion', ms_extraccion, 'transformacion', ms_transformacion, 'carga', ms_carga) AS ms,
            (SELECT count(*) FROM etl_rechazos r WHERE r.ejecucion_id = e.ejecucion_id AND r.almacen_codigo = e.almacen_codigo)::integer AS cuarentena
       FROM etl_ejecucion_almacenes e WHERE ejecucion_id = $1::uuid`,
    [ejecucionId],
  );
  expect(new Map(almacenes.map((row) => [row['codigo'], row]))).toEqual(
    new Map(
      almacenesIn(resumen).map(({ error: failure, ...rest }) => [
        rest.codigo,
        {
          ...rest,
          ...wrong(failure),
          error_fase: failure?.fase ?? null,
          cuarentena: expect.any(Number),
        },
      ]),
    ),
  );
  // Every refused row is kept, until the run has as many as it may keep.
  const kept = almacenes.reduce((sum, { cuarentena }) => sum + Number(cuarentena), 0);
  expect(kept).toBe(Math.min(totales.rechazados, MAX_RECHAZOS));
  if (kept < MAX_RECHAZOS)
    for (const { cuarentena, rechazados } of almacenes) expect(cuarentena).toBe(rechazados);
}
