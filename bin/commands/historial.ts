import type { Command } from 'commander';
import { z } from 'zod';
import { toHora } from '../../lambdas/inventario-klk/hora.ts';
import { ConfiguracionInvalida } from '../../lambdas/inventario-klk/refusals.ts';
import { askDatabase } from '../../lambdas/inventario-klk/runs/ask-database.ts';
import { findEjecuciones, readEjecucion } from '../../lambdas/inventario-klk/runs/read-ejecucion.ts';
import type { EjecucionDetallada } from '../../lambdas/inventario-klk/runs/read-ejecucion.ts';
import { readEjecuciones } from '../../lambdas/inventario-klk/runs/read-ejecuciones.ts';
import type { Ejecucion } from '../../lambdas/inventario-klk/runs/read-ejecuciones.ts';
import type { Systems } from '../../lambdas/inventario-klk/systems.ts';
import { findTienda, parseDesde, printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { addCommand, optionsOf, withJson } from './command.ts';
import { renderEjecucion } from './ejecucion-table.ts';
import { toDuration } from './lapse.ts';
import { paintEstado } from './paint.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

/** Runs shown when nobody says since when. */
const LATEST = 20;

/** Adds `historial`: past runs, or one whole. */
export function addHistorial(program: Command, { readCatalogo, withSystems }: Asking): void {
  withJson(
    addCommand(program, 'historial', `las últimas ${LATEST} ejecuciones, o una entera`)
      .argument('[id]', 'la ejecución, o como empieza su id')
      .option('--tienda <id>', 'solo lo que atañe a esta tienda')
      .option('--desde <fecha>', 'todas desde este día o momento, hora de Caracas'),
  ).action(async (id: string | undefined, _options, command: Command) => {
    const { json, tienda, desde } = optionsOf(command, {
      tienda: z.string().optional(),
      desde: z.string().optional(),
    });
    if (id !== undefined && (tienda !== undefined || desde !== undefined)) {
      throw new ConfiguracionInvalida(['con un id no van --tienda ni --desde']);
    }
    if (tienda !== undefined) findTienda(tienda, readCatalogo());
    const filter = {
      tienda,
      ...(desde === undefined ? { maximo: LATEST } : { desde: parseDesde(desde) }),
    };
    await withSystems(async (systems) => {
      if (id !== undefined) {
        printAnswer(await readOne(systems, id), json, renderEjecucion);
        return;
      }
      const ejecuciones = await askDatabase(systems, (client, vivas) =>
        readEjecuciones(client, vivas, filter),
      );
      printAnswer(ejecuciones, json, render);
    });
  });
}

/** @throws ConfiguracionInvalida naming the nearest run when the id fits none, or more than one. */
async function readOne(systems: Systems, prefix: string): Promise<EjecucionDetallada> {
  const found = await askDatabase(systems, async (client, vivas) => {
    const ids = await findEjecuciones(client, prefix);
    const [latest] = await readEjecuciones(client, vivas, { maximo: 1 });
    return {
      ids,
      latest,
      ejecucion: ids[0] === undefined ? undefined : await readEjecucion(client, vivas, ids[0]),
    };
  });
  if (found.ids.length > 1) {
    throw new ConfiguracionInvalida([`varias ejecuciones empiezan por ${prefix}: ${found.ids.join(', ')}`]);
  }
  if (found.ejecucion !== undefined) return found.ejecucion;
  const hint = found.latest === undefined ? 'todavía no hubo ninguna' : `la última es ${found.latest.id}`;
  throw new ConfiguracionInvalida([`ninguna ejecución empieza por ${prefix}; ${hint}`]);
}

const COLUMNS: readonly Column<Ejecucion>[] = [
  { title: 'Id', cell: ({ id }) => id.slice(0, 8) },
  { title: 'Inicio (Caracas)', cell: ({ inicio }) => toHora(inicio) },
  { title: 'Origen', cell: ({ origen, forzar }) => `${origen}${forzar ? ', forzada' : ''}` },
  { title: 'Estado', cell: ({ estado }) => paintEstado(estado) },
  { title: 'Duración', cell: ({ duracionMs }) => (duracionMs === null ? '-' : toDuration(duracionMs)) },
  {
    title: 'Cargadas',
    cell: ({ cargadas, tiendas }) => (tiendas === null ? '-' : `${cargadas ?? 0} de ${tiendas}`),
  },
  { title: 'Rechaz.', cell: ({ rechazados }) => rechazados ?? 0 },
  { title: 'Extracción', cell: ({ ms }) => toDuration(ms.extraccion) },
  { title: 'Transf.', cell: ({ ms }) => toDuration(ms.transformacion) },
  { title: 'Carga', cell: ({ ms }) => toDuration(ms.carga) },
  { title: 'Errores', cell: ({ errores }) => errores.join(', ') },
];

const render = (ejecuciones: readonly Ejecucion[]): string =>
  ejecuciones.length === 0 ? 'Ninguna ejecución\n' : renderTable(COLUMNS, ejecuciones);
