import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { Config, TopLevelSpec } from 'vega-lite';
import { toHora } from '../../lambdas/core/config/locale.ts';
import type { CrecimientoDia } from '../../lambdas/inventario-klk/questions/read-crecimiento.ts';
import type { Movimiento } from '../queries/read-movimiento.ts';
import type { EjecucionesPorPeriodo, FasesPorPeriodo } from '../queries/read-tendencia.ts';
import type { VentasDia } from '../queries/read-ventas-por-dia.ts';
import type { Reporte } from './read-reporte.ts';
import { endOf, timeAxis, toInstant } from './time-axis.ts';
import { Html } from './html.ts';

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

/** The axis of a chart with a bar for each day. */
const byDay = (width: number) => ({
  field: 'desde',
  timeUnit: 'utcyearmonthdate' as const,
  type: 'temporal' as const,
  title: null,
  axis: { format: '%Y-%m-%d', grid: false, labelOverlap: true, tickCount: Math.floor(width / 130) },
});

/** Names to colours, in the order of the stack. */
const colourBy = (field: string, colours: Readonly<Record<string, string>>) => ({
  field,
  type: 'nominal' as const,
  scale: { domain: Object.keys(colours), range: Object.values(colours) },
});

/** The colours of the states that occur, so that the legend shows no others. */
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

/** Versions that ended, by day: price changes apart from other changes. */
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
      x: byDay(width),
      y: { field: 'versiones', type: 'quantitative', stack: 'zero', title: 'versiones' },
      color: colourBy('cambio', CAMBIOS),
      order: { field: 'orden' },
    },
  };
}

/** What all stores sold, by day, in USD. */
export function chartVentas(rows: readonly VentasDia[], width: number): TopLevelSpec {
  const totals = Map.groupBy(rows, ({ dia }) => dia);
  return {
    width,
    height: HEIGHT,
    data: {
      values: [...totals].map(([dia, ofDia]) => ({
        desde: `${dia}T00:00Z`,
        usd: ofDia.reduce((sum, { ventaUsd }) => sum + ventaUsd, 0),
      })),
    },
    mark: { type: 'bar', width: { band: 0.8 } },
    encoding: {
      x: byDay(width),
      y: { field: 'usd', type: 'quantitative', title: 'USD' },
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

/** Colours are the page's variables, so that one drawing serves light, dark and paper. */
const CONFIG: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: 'var(--suave)',
    titleColor: 'var(--suave)',
    titleFontWeight: 'normal',
    labelFontSize: 12,
    titleFontSize: 12,
    domainColor: 'var(--linea)',
    tickColor: 'var(--linea)',
    gridColor: 'var(--linea)',
  },
  legend: {
    orient: 'top',
    labelColor: 'var(--tinta)',
    labelFontSize: 12,
    symbolType: 'square',
    title: null,
  },
  text: { color: 'var(--tinta)', fontSize: 12 },
  bar: { color: 'var(--serie-1)' },
  rule: { color: 'var(--mal)', strokeDash: [4, 3] },
  locale: { number: { decimal: ',', thousands: '', grouping: [3], currency: ['', ''] } },
};

/** A chart as SVG, without a browser. */
export async function drawChart(spec: TopLevelSpec): Promise<Html> {
  const { spec: vega } = compile(spec, { config: CONFIG });
  return new Html(await new View(parse(vega), { renderer: 'none' }).toSVG());
}
