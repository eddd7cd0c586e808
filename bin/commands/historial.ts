import type { Command } from 'commander';
import { z } from 'zod';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { renderRemedy } from '../../lambdas/core/run/remedy.ts';
import { suggest } from '../../lambdas/core/config/suggest.ts';
import { FLUJOS } from '../../lambdas/core/run/flujo.ts';
import type { Flujo } from '../../lambdas/core/run/flujo.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import type { Fase } from '../../lambdas/core/run/summary.ts';
import { readEjecuciones } from '../../lambdas/core/run/read-ejecuciones.ts';
import type { Ejecucion, SumasVentas } from '../../lambdas/core/run/read-ejecuciones.ts';
import { findEjecuciones, readEjecucion } from '../queries/read-ejecucion.ts';
import type {
  EjecucionAlmacen,
  EjecucionDetallada,
  EjecucionVentasTienda,
} from '../queries/read-ejecucion.ts';
import { countOf, describePrecios, describeRareCounts, toDuration, toUsd } from '../output/amounts.ts';
import { LATEST_RUNS, findTienda, parseDesde, printAnswer } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { optionsOf } from '../program/flags.ts';
import { remedyOf } from '../program/remedy.ts';
import type { Fallido, Reader } from '../program/remedy.ts';
import { renderTable } from '../output/table.ts';
import type { Column } from '../output/table.ts';
import { paint, paintEstado } from '../output/terminal.ts';

/** Answers `historial`: past runs, or one in full. */
export async function answerHistorial(
  asking: Asking,
  command: Command,
  id: string | undefined,
): Promise<void> {
  const { readCatalogo, withContext } = asking;
  const { json, tienda, desde, flujo } = optionsOf(command, {
    tienda: z.string().optional(),
    desde: z.string().optional(),
    flujo: z.string().optional(),
  });
  if (id !== undefined && (tienda !== undefined || desde !== undefined || flujo !== undefined)) {
    throw new ConfiguracionInvalida(['con un id no van --tienda ni --desde ni --flujo']);
  }
  if (tienda !== undefined) findTienda(tienda, readCatalogo());
  const filter = {
    flujo: flujo === undefined ? ('todos' as const) : parseFlujo(flujo),
    tienda,
    ...(desde === undefined ? { maximo: LATEST_RUNS } : { desde: parseDesde(desde) }),
  };
  await withContext(async (context) => {
    if (id !== undefined) {
      const ejecucion = await readOne(context, id);
      printAnswer(ejecucion, json, (answer) => renderEjecucion(answer, asking.nameOrigen, context));
      return;
    }
    const ejecuciones = await askDatabase(context, (client, vivas) => readEjecuciones(client, vivas, filter));
    printAnswer(ejecuciones, json, (answer) => render(answer, asking));
  });
}

/** @throws ConfiguracionInvalida naming the pipelines */
function parseFlujo(text: string): Flujo {
  const flujo = NOMBRES_FLUJOS.find((known) => known === text);
  if (flujo !== undefined) return flujo;
  throw new ConfiguracionInvalida([`--flujo ${text}: no existe; ${suggest(text, NOMBRES_FLUJOS)}`]);
}

/** @throws ConfiguracionInvalida naming the nearest run when the id fits none, or more than one. */
async function readOne(context: QuestionContext, prefix: string): Promise<EjecucionDetallada> {
  const found = await askDatabase(context, async (client, vivas) => {
    const ids = await findEjecuciones(client, prefix);
    const [latest] = await readEjecuciones(client, vivas, { maximo: 1, flujo: 'todos' });
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

const isFlujo = (name: string): name is Flujo => Object.hasOwn(FLUJOS, name);
const NOMBRES_FLUJOS: readonly Flujo[] = Object.keys(FLUJOS).filter(isFlujo);

const createColumns = ({ nameOrigen }: Asking): Column<Ejecucion>[] => [
  { title: 'Id', cell: ({ id }) => id.slice(0, 8) },
  { title: 'Inicio (Caracas)', cell: ({ inicio }) => toHora(inicio) },
  { title: 'Flujo', cell: ({ flujo }) => flujo },
  { title: 'Origen', cell: ({ origen }) => nameOrigen(origen) },
  { title: 'Estado', cell: ({ estado }) => paintEstado(estado) },
  {
    title: 'Duró',
    cell: ({ duracionMs }) => (duracionMs === null ? undefined : toDuration(duracionMs)),
    right: true,
  },
  {
    title: 'Tiendas',
    cell: ({ cargadas, tiendas }) => (tiendas === null ? undefined : `${cargadas ?? 0} de ${tiendas}`),
    right: true,
  },
];

/** Changes of the sales, errors, force, rejections and changed prices; empty for an ordinary inventory run. */
const describeRest = ({ errores, forzar, rechazados, preciosCambiados, ventas }: Ejecucion): string[] => [
  [
    ...(ventas === null ? [] : [describeCambios(ventas), countOf(ventas.tramosLeidos, 'tramo', 'tramos')]),
    ...(ventas === null || ventas.tramosPendientes === 0
      ? []
      : [countOf(ventas.tramosPendientes, 'tramo pendiente', 'tramos pendientes')]),
    ...errores,
    ...(forzar ? ['forzada'] : []),
    ...(rechazados === null || rechazados === 0 ? [] : [countOf(rechazados, 'rechazo', 'rechazos')]),
    ...(preciosCambiados === 0 ? [] : [describePrecios({ preciosCambiados })]),
  ]
    .filter((text) => text !== '')
    .join(', '),
];

/** Lines that were added, changed and removed; empty for none. */
const describeCambios = ({
  nuevas,
  cambiadas,
  retiradas,
}: Pick<SumasVentas, 'nuevas' | 'cambiadas' | 'retiradas'>): string =>
  [
    nuevas > 0 ? countOf(nuevas, 'línea nueva', 'líneas nuevas') : '',
    cambiadas > 0 ? countOf(cambiadas, 'cambiada', 'cambiadas') : '',
    retiradas > 0 ? countOf(retiradas, 'retirada', 'retiradas') : '',
  ]
    .filter((text) => text !== '')
    .join(', ');

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

const TIENDA_COLUMNS: readonly Column<EjecucionVentasTienda>[] = [
  { title: 'Tienda', cell: ({ tienda }) => tienda, wraps: true },
  { title: 'Estado', cell: ({ estado }) => paintEstado(estado) },
  { title: 'Días', cell: ({ dias }) => dias },
  { title: 'Tramos', cell: ({ tramos }) => tramos.cargados + tramos.iguales },
  { title: 'Iguales', cell: ({ tramos }) => tramos.iguales },
  { title: 'Líneas', cell: ({ extraidos }) => extraidos },
  { title: 'Nuevas', cell: ({ nuevas }) => nuevas },
  { title: 'Venta USD', cell: ({ ventaUsd }) => toUsd(ventaUsd), right: true },
];

/** Failing slices shown of each store; `cobertura` has all. */
const SHOWN_TRAMOS = 5;

/** How long each phase took, rare counts, why a store was forced or not loaded, and which slices still fail. */
function describeVentasTienda(tienda: EjecucionVentasTienda): string[] {
  const { ms, tramos, cambiadas, retiradas, rechazados, duplicados, forzadoCodigo, siguenFallidos } = tienda;
  const shown = siguenFallidos.slice(0, SHOWN_TRAMOS);
  const more = siguenFallidos.length - shown.length;
  return [
    `${FASES.extraccion} ${toDuration(ms.extraccion)}, ${FASES.transformacion} ${toDuration(ms.transformacion)}, ${FASES.carga} ${toDuration(ms.carga)}`,
    [
      describeCambios({ nuevas: 0, cambiadas, retiradas }),
      rechazados > 0 ? countOf(rechazados, 'rechazo', 'rechazos') : '',
      duplicados > 0 ? countOf(duplicados, 'repetida', 'repetidas') : '',
      tramos.fallidos > 0 ? countOf(tramos.fallidos, 'tramo fallido', 'tramos fallidos') : '',
      tramos.pendientes > 0 ? countOf(tramos.pendientes, 'tramo pendiente', 'tramos pendientes') : '',
    ]
      .filter((text) => text !== '')
      .join(', '),
    forzadoCodigo === null ? '' : `! se cargó forzado, a pesar de ${forzadoCodigo.join(', ')}`,
    tienda.errorCodigo === null ? '' : `✗ ${tienda.errorCodigo}: ${tienda.errorMensaje ?? ''}`,
    ...shown.map(({ dia, desde, hasta, codigo }) => `✗ sigue fallido: ${dia} ${desde}-${hasta} ${codigo}`),
    more > 0 ? `… y ${more} tramos más; todos con «cobertura»` : '',
  ];
}

/** One run in full, with a remedy for each error code. */
export function renderEjecucion(
  ejecucion: EjecucionDetallada,
  nameOrigen: Asking['nameOrigen'],
  reader: Reader,
): string {
  const { id, flujo, origen, estado, inicio, duracionMs, forzar } = ejecucion;
  return [
    `Ejecución ${id}\n`,
    `  ${flujo}: ${paintEstado(estado)}, ${nameOrigen(origen)}${forzar ? ', forzada' : ''}\n`,
    `  empezó ${toHora(inicio)}, ${describeEnd(ejecucion)}, hora de Caracas\n`,
    duracionMs === null ? '' : `  duró ${toDuration(duracionMs)}\n`,
    renderPartes(ejecucion),
    ejecucion.errorCodigo === null
      ? ''
      : `${paint('red', '✗')} ${ejecucion.errorCodigo}: ${ejecucion.errorMensaje ?? ''}\n`,
    ...ejecucion.errores.map(
      (codigo) => `  ${codigo}: ${renderRemedy(remedyOf(codigo, fallidoOf(ejecucion, codigo), reader))}\n`,
    ),
  ].join('');
}

function renderPartes({ flujo, almacenes, ventasPorTienda }: EjecucionDetallada): string {
  if (flujo === 'ventas') {
    return ventasPorTienda.length > 0
      ? renderTable(TIENDA_COLUMNS, ventasPorTienda, describeVentasTienda)
      : 'Ninguna tienda\n';
  }
  return almacenes.length > 0 ? renderTable(ALMACEN_COLUMNS, almacenes, describeAlmacen) : 'Ningún almacén\n';
}

/** The stores that failed for a code, and of the sales the days that still do. */
function fallidoOf({ flujo, almacenes, ventasPorTienda }: EjecucionDetallada, codigo: string): Fallido {
  const partes = flujo === 'ventas' ? ventasPorTienda : almacenes;
  const tiendas = partes.flatMap(({ tienda, errorCodigo }) => (errorCodigo === codigo ? tienda : []));
  if (flujo !== 'ventas') return { tiendas };
  const dias = ventasPorTienda
    .flatMap(({ siguenFallidos }) => siguenFallidos)
    .flatMap((tramo) => (tramo.codigo === codigo ? tramo.dia : []))
    .toSorted();
  const [desde, hasta] = [dias[0], dias.at(-1)];
  return { tiendas, flujo, ...(desde !== undefined && hasta !== undefined && { desde, hasta }) };
}

function describeEnd({ estado, fin }: EjecucionDetallada): string {
  if (estado === 'abandonada') return 'murió sin poder anotar cuándo';
  return fin === null ? 'sin terminar' : `terminó ${toHora(fin)}`;
}
