import { toHora } from '../../lambdas/inventario-klk/hora.ts';
import type {
  EjecucionAlmacen,
  EjecucionDetallada,
} from '../../lambdas/inventario-klk/runs/read-ejecucion.ts';
import { toDuration } from './lapse.ts';
import { paint, paintEstado } from './paint.ts';
import { remedyOf } from './remedy.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

const COLUMNS: readonly Column<EjecucionAlmacen>[] = [
  { title: 'Tienda', cell: ({ tienda }) => tienda },
  { title: 'Almacén', cell: ({ almacen }) => almacen },
  { title: 'Estado', cell: ({ estado }) => paintEstado(estado) },
  { title: 'Extraídos', cell: ({ extraidos }) => extraidos },
  { title: 'Válidos', cell: ({ validos }) => validos },
  { title: 'Rechaz.', cell: ({ rechazados }) => rechazados },
  { title: 'Duplic.', cell: ({ duplicados }) => duplicados },
  { title: 'Inventario', cell: ({ inventario }) => inventario },
  { title: 'Conserv.', cell: ({ conservados }) => conservados },
  { title: 'Retir.', cell: ({ retirados }) => retirados },
  { title: 'Histórico', cell: ({ historico }) => historico },
  { title: 'Extracción', cell: ({ ms }) => toDuration(ms.extraccion) },
  { title: 'Transf.', cell: ({ ms }) => toDuration(ms.transformacion) },
  { title: 'Carga', cell: ({ ms }) => toDuration(ms.carga) },
];

/** A run whole, its errors with their remedies below. */
export function renderEjecucion(ejecucion: EjecucionDetallada): string {
  const { id, origen, estado, inicio, duracionMs, forzar, almacenes } = ejecucion;
  const forced = almacenes.flatMap(({ almacen, forzadoCodigo }) =>
    forzadoCodigo === null
      ? []
      : [`${paint('yellow', '!')} ${almacen} se cargó forzado, a pesar de ${forzadoCodigo}\n`],
  );
  const failed = almacenes.flatMap(({ almacen, errorFase, errorCodigo, errorMensaje }) =>
    errorCodigo === null
      ? []
      : [`${paint('red', '✗')} ${almacen} ${errorCodigo} (${errorFase ?? ''}): ${errorMensaje ?? ''}\n`],
  );
  return [
    `Ejecución ${id}\n`,
    `  ${paintEstado(estado)}, ${origen}${forzar ? ', forzada' : ''}\n`,
    `  empezó ${toHora(inicio)}, ${describeEnd(ejecucion)}, hora de Caracas\n`,
    duracionMs === null ? '' : `  duró ${toDuration(duracionMs)}\n`,
    almacenes.length > 0 ? renderTable(COLUMNS, almacenes) : 'Ningún almacén\n',
    ...forced,
    ...failed,
    ejecucion.errorCodigo === null
      ? ''
      : `${paint('red', '✗')} ${ejecucion.errorCodigo}: ${ejecucion.errorMensaje ?? ''}\n`,
    ...ejecucion.errores.map((codigo) => `  ${codigo}: ${remedyOf(codigo)}\n`),
  ].join('');
}

function describeEnd({ estado, fin }: EjecucionDetallada): string {
  if (estado === 'abandonada') return 'murió sin poder anotar cuándo';
  return fin === null ? 'sin terminar' : `terminó ${toHora(fin)}`;
}
