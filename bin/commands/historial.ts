import type { Command } from 'commander';
import { z } from 'zod';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { renderRemedy } from '../../lambdas/core/errors/remedy.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import type { Fase } from '../../lambdas/core/run/summary.ts';
import { readEjecuciones } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import type { Ejecucion } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import { findEjecuciones, readEjecucion } from '../queries/read-ejecucion.ts';
import type { EjecucionAlmacen, EjecucionDetallada } from '../queries/read-ejecucion.ts';
import { countOf, describePrecios, describeRareCounts, toDuration } from './amounts.ts';
import { LATEST_RUNS, findTienda, parseDesde, printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { optionsOf } from './flags.ts';
import { remedyOf } from './remedy.ts';
import type { Reader } from './remedy.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { paint, paintEstado } from './terminal.ts';

/** Answers `historial`: past runs, or one in full. */
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

/** Errors, force, rejections and changed prices; empty for an ordinary run. */
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

const isLoaded = ({ estado }: EjecucionAlmacen): boolean => estado === 'cargado';

/** A warehouse that was not loaded shows no zeros. */
const ALMACEN_COLUMNS: readonly Column<EjecucionAlmacen>[] = [
  { title: 'Tienda', cell: ({ tienda }) => tienda, wraps: true },
  { title: 'Almacén', cell: ({ almacen }) => almacen },
  { title: 'Estado', cell: ({ estado }) => paintEstado(estado) },
  {
    title: 'Extraídos',
    cell: (almacen) => (isLoaded(almacen) || almacen.extraidos > 0 ? almacen.extraidos : undefined),
  },
  { title: 'Inventario', cell: (almacen) => (isLoaded(almacen) ? almacen.inventario : undefined) },
  { title: 'Histórico', cell: (almacen) => (isLoaded(almacen) ? almacen.historico : undefined) },
];

const FASES: Readonly<Record<Fase, string>> = {
  extraccion: 'extracción',
  transformacion: 'transformación',
  carga: 'carga',
};

/** How long each phase took, rare counts, and why the warehouse was forced or not loaded. */
function describeAlmacen(almacen: EjecucionAlmacen): string[] {
  const { ms, forzadoCodigo, errorCodigo, errorFase, errorMensaje } = almacen;
  const fases = [`${FASES.extraccion} ${toDuration(ms.extraccion)}`];
  if (ms.transformacion > 0 || isLoaded(almacen))
    fases.push(`${FASES.transformacion} ${toDuration(ms.transformacion)}`);
  if (ms.carga > 0 || isLoaded(almacen)) fases.push(`${FASES.carga} ${toDuration(ms.carga)}`);
  const during = errorFase === null ? '' : ` (${FASES[errorFase]})`;
  return [
    fases.join(', '),
    [describeRareCounts(almacen), describePrecios(almacen)].filter((text) => text !== '').join(', '),
    forzadoCodigo === null ? '' : `! se cargó forzado, a pesar de ${forzadoCodigo.join(', ')}`,
    errorCodigo === null ? '' : `✗ ${errorCodigo}${during}: ${errorMensaje ?? ''}`,
  ];
}

/** One run in full, with a remedy for each error code. */
export function renderEjecucion(
  ejecucion: EjecucionDetallada,
  nameOrigen: Asking['nameOrigen'],
  reader: Reader,
): string {
  const { id, origen, estado, inicio, duracionMs, forzar, almacenes } = ejecucion;
  return [
    `Ejecución ${id}\n`,
    `  ${paintEstado(estado)}, ${nameOrigen(origen)}${forzar ? ', forzada' : ''}\n`,
    `  empezó ${toHora(inicio)}, ${describeEnd(ejecucion)}, hora de Caracas\n`,
    duracionMs === null ? '' : `  duró ${toDuration(duracionMs)}\n`,
    almacenes.length > 0 ? renderTable(ALMACEN_COLUMNS, almacenes, describeAlmacen) : 'Ningún almacén\n',
    ejecucion.errorCodigo === null
      ? ''
      : `${paint('red', '✗')} ${ejecucion.errorCodigo}: ${ejecucion.errorMensaje ?? ''}\n`,
    ...ejecucion.errores.map((codigo) => {
      const tiendas = almacenes.flatMap(({ tienda, errorCodigo }) => (errorCodigo === codigo ? tienda : []));
      return `  ${codigo}: ${renderRemedy(remedyOf(codigo, { tiendas }, reader))}\n`;
    }),
  ].join('');
}

function describeEnd({ estado, fin }: EjecucionDetallada): string {
  if (estado === 'abandonada') return 'murió sin poder anotar cuándo';
  return fin === null ? 'sin terminar' : `terminó ${toHora(fin)}`;
}
