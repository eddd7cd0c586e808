import type { Command } from 'commander';
import { z } from 'zod';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { findEjecuciones, readEjecucion } from '../queries/read-ejecucion.ts';
import type { EjecucionDetallada } from '../queries/read-ejecucion.ts';
import { readEjecuciones } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import type { Ejecucion } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { LATEST_RUNS, findTienda, parseDesde, printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { optionsOf } from './options-of.ts';
import { countOf } from './count-of.ts';
import { describePrecios } from './describe-counts.ts';
import { renderEjecucion } from './ejecucion-table.ts';
import { toDuration } from './lapse.ts';
import { paintEstado } from './paint.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

/** Answers `historial`: past runs, or one whole. */
export async function answerHistorial(
  asking: Asking,
  command: Command,
  id: string | undefined,
): Promise<void> {
  const { readCatalogo, withSystems } = asking;
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
    ...(desde === undefined ? { maximo: LATEST_RUNS } : { desde: parseDesde(desde) }),
  };
  await withSystems(async (systems) => {
    if (id !== undefined) {
      const ejecucion = await readOne(systems, id);
      printAnswer(ejecucion, json, (answer) => renderEjecucion(answer, asking.nameOrigen, systems));
      return;
    }
    const ejecuciones = await askDatabase(systems, (client, vivas) => readEjecuciones(client, vivas, filter));
    printAnswer(ejecuciones, json, (answer) => render(answer, asking));
  });
}

/** @throws ConfiguracionInvalida naming the nearest run when the id fits none, or more than one. */
async function readOne(systems: QuestionContext, prefix: string): Promise<EjecucionDetallada> {
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

const createColumns = ({ nameOrigen }: Asking): Column<Ejecucion>[] => [
  { title: 'Id', cell: ({ id }) => id.slice(0, 8) },
  { title: 'Inicio (Caracas)', cell: ({ inicio }) => toHora(inicio) },
  { title: 'Origen', cell: ({ origen }) => nameOrigen(origen) },
  { title: 'Estado', cell: ({ estado }) => paintEstado(estado) },
  {
    title: 'Duración',
    cell: ({ duracionMs }) => (duracionMs === null ? undefined : toDuration(duracionMs)),
    right: true,
  },
  {
    title: 'Cargadas',
    cell: ({ cargadas, tiendas }) => (tiendas === null ? undefined : `${cargadas ?? 0} de ${tiendas}`),
    right: true,
  },
];

/** What is not always there. */
const describeRest = ({ errores, forzar, rechazados, preciosCambiados }: Ejecucion): string[] => [
  [
    ...errores,
    ...(forzar ? ['forzada'] : []),
    ...(rechazados === null || rechazados === 0 ? [] : [countOf(rechazados, 'rechazo', 'rechazos')]),
    ...(preciosCambiados === 0 ? [] : [describePrecios({ preciosCambiados })]),
  ].join(', '),
];

const render = (ejecuciones: readonly Ejecucion[], asking: Asking): string =>
  ejecuciones.length === 0
    ? 'Ninguna ejecución\n'
    : renderTable(createColumns(asking), ejecuciones, describeRest);
