import type { Unidad } from '../../lambdas/inventario-klk/runs/read-tendencia.ts';

const HOUR_MS = 3_600_000;

/** By unit: its length, how its beginnings are written, and how many a chart shows at least. */
const UNIDADES = {
  hour: { ms: HOUR_MS, format: '%d/%m %H:%M', title: 'hora', atLeast: 12 },
  day: { ms: 24 * HOUR_MS, format: '%d/%m', title: 'día', atLeast: 14 },
  week: {
    ms: 7 * 24 * HOUR_MS,
    format: '%d/%m/%y',
    title: 'semana',
    atLeast: 12,
  },
} as const;

/** A period as Vega reads it. It is the stores' clock already: read and shown as UTC, nothing shifts it again. */
export const toInstant = (periodo: string): string => `${periodo}:00Z`;

/** When the period after this one begins, for Vega. */
export const endOf = (periodo: string, unidad: Unidad): string =>
  new Date(Date.parse(toInstant(periodo)) + UNIDADES[unidad].ms).toISOString();

/** The heading of a column of periods. */
export const titleOf = (unidad: Unidad): string => UNIDADES[unidad].title;

/** The horizontal axis of a chart of periods. */
interface TimeAxis {
  readonly field: string;
  readonly type: 'temporal';
  readonly title: string;
  readonly scale: { readonly type: 'utc'; readonly domainMin: number; readonly domainMax: number };
  readonly axis: { readonly format: string; readonly labelOverlap: boolean; readonly grid: boolean };
}

/** The axis of these periods' `desde`; a single period is shown as one of many, not as all there is. */
export function timeAxis(periodos: readonly string[], unidad: Unidad): TimeAxis {
  const { ms, format, title, atLeast } = UNIDADES[unidad];
  const times = periodos.map((periodo) => Date.parse(toInstant(periodo)));
  const end = Math.max(...times) + ms;
  return {
    field: 'desde',
    type: 'temporal',
    title,
    scale: { type: 'utc', domainMin: Math.min(...times, end - atLeast * ms), domainMax: end },
    axis: { format, labelOverlap: true, grid: false },
  };
}
