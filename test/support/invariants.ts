import { expect } from '@jest/globals';
import type { ResumenAlmacen } from '../../lambdas/inventario-klk/summary.ts';
import type { DatabaseState } from './database-state.ts';
import type { TestDatabase } from './database.ts';
import type { Existencias } from './existencias.ts';
import { PAYLOAD_CANARY } from './existencias.ts';
import type { AcceptedMoment } from './history.ts';
import { expectHistory } from './history.ts';
import { HEADER_CANARY } from './pipeline-run.ts';
import { expectSummaryIsTrue } from './truth.ts';
import type { Ran } from './truth.ts';
import { isSightOf } from './warehouse-reader.ts';
import type { Sights } from './warehouse-reader.ts';

/** Runs that overlap or follow each other, and what was seen around them. */
export interface Evidence {
  readonly database: TestDatabase;
  readonly mayLoseRecords: boolean;
  readonly before: DatabaseState;
  readonly after: DatabaseState;
  readonly runs: readonly Ran[];
  /** What the concurrent reader saw. */
  readonly sights: Sights;
  /** By warehouse, what it holds if a load was accepted. */
  readonly accepted: ReadonlyMap<string, Existencias>;
  /** By warehouse, everything that KLK had since the tables were emptied. */
  readonly served: ReadonlyMap<string, readonly Existencias[]>;
  /** Every snapshot accepted so far. */
  readonly moments: readonly AcceptedMoment[];
  /** All that the runs printed and threw, as one text. */
  readonly output: string;
}

/** Fails unless I1 to I7 of the fault matrix hold. I8 has its own, `expectNothingWritten`. */
export async function expectInvariants(evidence: Evidence): Promise<void> {
  for (const almacen of evidence.sights.keys()) expectOldOrNew(almacen, evidence);
  await expectHistory(evidence.database, evidence.moments);
  for (const ran of evidence.runs) await expectSummaryIsTrue(ran, evidence);
  expectNoSecret(evidence);
  await evidence.database.expectNoTrace();
  for (const { elapsedMs, limitMs } of evidence.runs) expect(elapsedMs).toBeLessThan(limitMs);
}

/** How a warehouse left a run that reported: `undefined` where the run died without a word. */
const outcomeOf = ({ resumen }: Ran, almacen: string): ResumenAlmacen | undefined =>
  resumen?.tiendas.flatMap(({ almacenes }) => almacenes).find(({ codigo }) => codigo === almacen);

/** I1, I2, I4: entirely the old or entirely the new, which only a load that says so may bring; never seen otherwise, never back. */
function expectOldOrNew(almacen: string, { before, after, runs, sights, accepted, served }: Evidence): void {
  const [old, current] = [before.get(almacen), after.get(almacen)];
  const loaded = runs.filter((ran) => outcomeOf(ran, almacen)?.estado === 'cargado').length;
  const uncertain = runs.filter((ran) => mayHaveLoaded(ran, almacen)).length;
  const changed = old?.ultimaExtraccion?.getTime() !== current?.ultimaExtraccion?.getTime();

  if (changed) {
    expect({ almacen, loads: loaded + uncertain }).not.toEqual({ almacen, loads: 0 });
    expect({ almacen, existencias: current?.existencias }).toEqual({
      almacen,
      existencias: accepted.get(almacen),
    });
    expect(Number(current?.ultimaExtraccion)).toBeGreaterThan(Number(old?.ultimaExtraccion ?? 0));
  } else {
    expect({ almacen, loaded }).toEqual({ almacen, loaded: 0 });
    expect(current?.huella ?? '').toBe(old?.huella ?? '');
  }
  const seen = sights.get(almacen) ?? [];
  const known = [old?.vistazo ?? '', current?.vistazo ?? ''];
  // Where two loads were under way, what one of them brought may have been replaced by the other.
  const between = loaded + uncertain < 2 ? [] : (served.get(almacen) ?? []);
  const mixed = seen.filter(
    (sight) => !known.includes(sight) && !between.some((stocks) => isSightOf(sight, stocks)),
  );
  expect({ almacen, mixed }).toEqual({ almacen, mixed: [] });
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeLessThanOrEqual(1 + loaded + uncertain);
}

/** Nobody could say whether its COMMIT happened, or the run died without a word. */
const mayHaveLoaded = (ran: Ran, almacen: string): boolean =>
  ran.resumen === undefined || outcomeOf(ran, almacen)?.error?.codigo === 'COMMIT_INCIERTO';

/** I6. */
function expectNoSecret({ database, output }: Evidence): void {
  for (const secret of [database.etl.password, HEADER_CANARY, PAYLOAD_CANARY]) {
    expect(output).not.toContain(secret);
  }
}

/** I8. */
export function expectNothingWritten(before: string, after: string): void {
  expect(after).toBe(before);
}
