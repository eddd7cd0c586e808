import type { Command } from 'commander';
import { Client } from 'pg';
import { z } from 'zod';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { deadlineIn, orAborted } from '../../lambdas/core/time/deadline.ts';
import { parseRequest } from '../../lambdas/inventario-klk/event.ts';
import { readCommandConfig } from '../config.ts';
import { QUESTION_LIMIT_MS } from './asking.ts';
import { faultsShape, parseFaults, switchOn } from './faults.ts';
import { runFlags } from './flags.ts';
import { invokeLocally, scheduledEvent } from './invoke-locally.ts';
import { withProgress } from './progress.ts';
import { summarize } from './run-summary.ts';
import { requestNotLoaded } from './solo-fallidas.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { withLocal } from './with-local.ts';

/** Loads into the database of this machine what the flags ask for. */
export async function load(program: Command): Promise<void> {
  const { json, soloFallidas, ...flags } = runFlags(program);
  const faults = parseFaults(z.object(faultsShape).parse(program.opts()).falla, readCatalogo());
  // Checked before anything is started, so that a wrong store is refused at once.
  parseRequest(flags, readCatalogo());
  await withLocal(async (environment, interrupted) => {
    const systems = {
      readTunables: () => readCommandConfig().tunables,
      readDatabaseSettings: () => Promise.resolve(environment.database),
      deadline: orAborted(deadlineIn(QUESTION_LIMIT_MS), interrupted),
    };
    const request = soloFallidas ? await requestNotLoaded(systems, readCatalogo()) : flags;
    if (request === undefined) return;
    switchOn(environment.klk, faults);
    const { tiendas } = parseRequest(request, readCatalogo());
    const asked = request.dryRun || request.forzar || request.tiendas !== undefined;
    const event = asked ? request : scheduledEvent();
    const resumen = await summarize(
      () => withProgress(tiendas, json, interrupted, () => invokeLocally(event, environment, interrupted)),
      json,
      interrupted,
      systems,
    );
    if (!json && !resumen.dryRun && !interrupted.aborted)
      process.stdout.write(renderVerification(await readVerificationRows(environment.database)));
  });
}

/** The verification query of the predecessor's manual, as it is written there. */
const VERIFICATION_QUERY = `
SELECT u.nombre as tienda, p.codigo, p.nombre as producto, ia.cantidad, ia.fecha_actualizacion
FROM inventario_actual ia
INNER JOIN ubicaciones u ON ia.ubicacion_id = u.id
INNER JOIN productos p ON ia.producto_id = p.id
ORDER BY ia.fecha_actualizacion DESC LIMIT 10`;

/** A row of the verification query; a quantity is decimal text. */
interface VerificationRow {
  readonly tienda: string;
  readonly codigo: string;
  readonly producto: string;
  readonly cantidad: string;
  readonly fecha_actualizacion: Date;
}

/** The rows of the manual's verification query. */
export async function readVerificationRows(settings: DatabaseSettings): Promise<VerificationRow[]> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  try {
    const { rows } = await client.query<VerificationRow>(VERIFICATION_QUERY);
    return rows;
  } finally {
    await client.end();
  }
}

/** Titles are the query's own column names. */
const COLUMNS: readonly Column<VerificationRow>[] = [
  { title: 'tienda', cell: ({ tienda }) => tienda },
  { title: 'codigo', cell: ({ codigo }) => codigo },
  { title: 'producto', cell: ({ producto }) => producto, wraps: true },
  { title: 'cantidad', cell: ({ cantidad }) => cantidad.replace('.', ','), right: true },
  { title: 'fecha_actualizacion', cell: (row) => toHora(row.fecha_actualizacion) },
];

/** The verification rows as a table. */
const renderVerification = (rows: readonly VerificationRow[]): string =>
  `\nComprobación: las ${rows.length} existencias que se confirmaron por última vez\n${renderTable(COLUMNS, rows)}`;
