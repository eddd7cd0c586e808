import { renderRemedy } from '../../lambdas/core/errors/remedy.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import type { EjecucionAlmacen, EjecucionDetallada } from '../queries/read-ejecucion.ts';
import type { Fase } from '../../lambdas/core/run/summary.ts';
import type { Asking } from './asking.ts';
import { describePrecios, describeRareCounts } from './describe-counts.ts';
import { toDuration } from './lapse.ts';
import { paint, paintEstado } from './paint.ts';
import { remedyOf } from './remedy.ts';
import type { Reader } from './remedy.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

const isLoaded = ({ estado }: EjecucionAlmacen): boolean => estado === 'cargado';

/** Zeros are shown only of what happened. */
const COLUMNS: readonly Column<EjecucionAlmacen>[] = [
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

/** How long each phase took, what seldom happens, and why it was not loaded, or loaded all the same. */
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

/** A run whole, its errors with their remedies below. */
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
    almacenes.length > 0 ? renderTable(COLUMNS, almacenes, describeAlmacen) : 'Ningún almacén\n',
    ejecucion.errorCodigo === null
      ? ''
      : `${paint('red', '✗')} ${ejecucion.errorCodigo}: ${ejecucion.errorMensaje ?? ''}\n`,
    ...ejecucion.errores.map((codigo) => {
      const tiendas = almacenes.flatMap(({ tienda, errorCodigo }) => (errorCodigo === codigo ? tienda : []));
      return `  ${codigo}: ${renderRemedy(remedyOf(codigo, tiendas, reader))}\n`;
    }),
  ].join('');
}

function describeEnd({ estado, fin }: EjecucionDetallada): string {
  if (estado === 'abandonada') return 'murió sin poder anotar cuándo';
  return fin === null ? 'sin terminar' : `terminó ${toHora(fin)}`;
}
