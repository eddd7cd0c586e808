import type { TopLevelSpec } from 'vega-lite';
import { toHora } from '../../lambdas/core/config/locale.ts';
import type { CrecimientoDia } from '../../lambdas/inventario-klk/questions/read-crecimiento.ts';
import type { Movimiento } from '../queries/read-movimiento.ts';
import type { EjecucionesPorPeriodo, FasesPorPeriodo } from '../queries/read-tendencia.ts';
import type { Reporte } from './read-reporte.ts';
import { endOf, timeAxis, toInstant } from './time-axis.ts';

const HEIGHT = 200;

/** States from good to bad, in the colours of the page. */
const ESTADOS = {
  exitosa: 'var(--bien)',
  en_curso: 'var(--serie-2)',
  omitida: 'var(--neutro)',
  parcial: 'var(--regular)',
  fallida: 'var(--mal)',
  abandonada: 'var(--muerta)',
};

const FASES = { extracción: 'var(--serie-1)', transformación: 'var(--serie-3)', carga: 'var(--serie-2)' };

const CAMBIOS = { 'otros cambios': 'var(--serie-1)', precio: 'var(--serie-3)' };

/** Names to colours, in the order of the stack. */
const colourBy = (field: string, colours: Readonly<Record<string, string>>) => ({
  field,
  type: 'nominal' as const,
  scale: { domain: Object.keys(colours), range: Object.values(colours) },
});

/** Those of the colours that these rows need: a legend of what there is not would only raise questions. */
const present = (
  colours: Readonly<Record<string, string>>,
  rows: readonly EjecucionesPorPeriodo[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(colours).filter(([name]) => rows.some(({ estado }) => estado === name)));

const bars = { type: 'bar', orient: 'vertical', binSpacing: 1 } as const;

const periodosOf = (rows: readonly (EjecucionesPorPeriodo | FasesPorPeriodo)[]): string[] =>
  rows.map(({ periodo }) => periodo);

/** Runs over time, by state. */
export function chartEjecuciones({ ejecuciones, unidad, estado }: Reporte, width: number): TopLevelSpec {
  return {
    width,
    height: HEIGHT,
    data: {
      values: ejecuciones.map((row) => ({
        ...row,
        desde: toInstant(row.periodo),
        hasta: endOf(row.periodo, unidad),
        orden: Object.keys(ESTADOS).indexOf(row.estado),
      })),
    },
    mark: bars,
    encoding: {
      x: timeAxis(periodosOf(ejecuciones), unidad, estado.momento, width),
      x2: { field: 'hasta' },
      y: {
        field: 'ejecuciones',
        type: 'quantitative',
        stack: 'zero',
        title: 'ejecuciones',
        axis: { tickMinStep: 1 },
      },
      color: colourBy('estado', present(ESTADOS, ejecuciones)),
      order: { field: 'orden' },
    },
  };
}

/** Seconds of work per phase and run. */
export function chartFases({ fases, unidad, estado }: Reporte, width: number): TopLevelSpec {
  const values = fases.flatMap(({ periodo, extraccion, transformacion, carga }) =>
    [extraccion, transformacion, carga].map((ms, orden) => ({
      desde: toInstant(periodo),
      hasta: endOf(periodo, unidad),
      fase: Object.keys(FASES)[orden],
      segundos: ms / 1_000,
      orden,
    })),
  );
  return {
    width,
    height: HEIGHT,
    data: { values },
    mark: bars,
    encoding: {
      x: timeAxis(periodosOf(fases), unidad, estado.momento, width),
      x2: { field: 'hasta' },
      y: { field: 'segundos', type: 'quantitative', stack: 'zero', title: 'segundos por ejecución' },
      color: colourBy('fase', FASES),
      order: { field: 'orden' },
    },
  };
}

/** Versions that ended, by day: those that another price followed apart from the others. */
export function chartCrecimiento(rows: readonly CrecimientoDia[], width: number): TopLevelSpec {
  return {
    width,
    height: HEIGHT,
    data: {
      values: rows.flatMap(({ dia, versiones, preciosCambiados }) => [
        {
          desde: `${dia}T00:00Z`,
          cambio: 'otros cambios',
          versiones: versiones - preciosCambiados,
          orden: 0,
        },
        { desde: `${dia}T00:00Z`, cambio: 'precio', versiones: preciosCambiados, orden: 1 },
      ]),
    },
    mark: { type: 'bar', width: { band: 0.8 } },
    encoding: {
      x: {
        field: 'desde',
        timeUnit: 'utcyearmonthdate',
        type: 'temporal',
        title: null,
        axis: { format: '%Y-%m-%d', grid: false, labelOverlap: true, tickCount: Math.floor(width / 130) },
      },
      y: { field: 'versiones', type: 'quantitative', stack: 'zero', title: 'versiones' },
      color: colourBy('cambio', CAMBIOS),
      order: { field: 'orden' },
    },
  };
}

/** Articles whose stock moved, by run. */
export function chartMovimiento(rows: readonly Movimiento[], width: number): TopLevelSpec {
  return {
    width,
    height: HEIGHT,
    data: {
      values: rows.map(({ ejecucionId, inicio, articulos }) => ({
        // Two runs may begin in one minute.
        momento: `${toHora(inicio)} ${ejecucionId}`,
        articulos,
      })),
    },
    mark: { type: 'bar', width: { band: 0.8 } },
    encoding: {
      x: {
        field: 'momento',
        type: 'ordinal',
        sort: null,
        title: null,
        axis: { labelExpr: 'slice(datum.value, 0, 16)', labelAngle: -45 },
      },
      y: {
        field: 'articulos',
        type: 'quantitative',
        title: 'artículos que cambiaron',
        scale: { domainMin: 0, domainMax: Math.max(1, ...rows.map(({ articulos }) => articulos)) },
        axis: { tickMinStep: 1 },
      },
    },
  };
}
