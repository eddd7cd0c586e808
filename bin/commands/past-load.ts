import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { parseRequest } from '../../lambdas/ventas-klk/event.ts';
import type { LocalEnvironment } from '../../local/environment.ts';
import { analyzePast, createPast, DIAS_DE_PASADO } from '../../local/past-trade.ts';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import { invokeVentasLocally } from '../program/invoke-locally.ts';
import { createVentasView } from '../output/live-ventas.ts';
import { withProgress } from '../output/progress.ts';

/** Without a live list, the single days of a store are not reported. */
const VIEW = {
  ...createVentasView(),
  createTells:
    () =>
    ({ level }: { readonly level: string }): boolean =>
      level !== 'INFO',
};

/**
 * Gives an empty database the trade of the last sixty days: the stock at once, the sales by the real pipeline. Does nothing when the
 * database holds anything. After an interruption a later run reads the rest.
 */
export async function loadPast(
  environment: LocalEnvironment,
  interrupted: AbortSignal,
  asJson: boolean,
): Promise<void> {
  const catalogo = readCatalogo();
  const ahora = new Date();
  const start = performance.now();
  const tell = (text: string): void => {
    if (!asJson) process.stderr.write(`${text}\n`);
  };
  const past = await createPast(environment.admin, {
    tiendas: catalogo,
    klk: environment.klk,
    ahora,
    onBegin: () => {
      tell(`La base está vacía: se simulan primero ${DIAS_DE_PASADO} días de comercio, solo esta vez.`);
    },
  });
  if (past === undefined) return;
  const { desde, hasta } = past;
  for (const periodo of [
    // One day first: from its number of lines the pipeline learns that it can ask for whole days.
    { desde: hasta, hasta },
    { desde, hasta: addDias(hasta, -1) },
    // A day closes at its second reading.
    { desde, hasta: addDias(hasta, -1) },
  ]) {
    if (interrupted.aborted) return;
    const { tiendas } = parseRequest(periodo, catalogo, diaAt(ahora));
    await withProgress(
      tiendas,
      asJson,
      interrupted,
      () => invokeVentasLocally(periodo, environment, interrupted),
      VIEW,
    );
  }
  await analyzePast(environment.admin);
  const segundos = Math.round((performance.now() - start) / 1000);
  tell(`Desde el ${desde}: ${past.snapshots} inventarios y todas las ventas, en ${segundos} s.\n`);
}
