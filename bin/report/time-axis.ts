import { toHora } from '../../lambdas/core/config/locale.ts';
import type { Unidad } from '../queries/read-tendencia.ts';

const HOUR_MS = 3_600_000;

/** Length, label format and title of each unit. */
const UNIDADES = {
  hour: { ms: HOUR_MS, format: '%Y-%m-%d %H:%M', title: 'hora' },
  day: { ms: 24 * HOUR_MS, format: '%Y-%m-%d', title: 'día' },
  week: { ms: 7 * 24 * HOUR_MS, format: '%Y-%m-%d', title: 'semana' },
} as const;

/** A period as Vega reads it. The period is local time already; Vega shows it unchanged because it is marked as UTC. */
export const toInstant = (periodo: string): string => `${periodo}:00Z`;

/** When the period after this one begins, for Vega. */
export const endOf = (periodo: string, unidad: Unidad): string =>
  new Date(Date.parse(toInstant(periodo)) + UNIDADES[unidad].ms).toISOString();

/** The title of a unit. */
export const titleOf = (unidad: Unidad): string => UNIDADES[unidad].title;

/** The horizontal axis of a chart of periods. */
interface TimeAxis {
  readonly field: string;
  readonly type: 'temporal';
  readonly title: null;
  readonly scale: {
    readonly type: 'utc';
    readonly domainMin: number;
    readonly domainMax: number;
    readonly padding: number;
  };
  readonly axis: {
    readonly format: string;
    readonly labelOverlap: boolean;
    readonly labelFlush: boolean;
    readonly grid: boolean;
    readonly tickCount: number;
  };
}

/** Pixels that a label needs, with room beside it. */
const LABEL = 130;

/** The axis of these periods' `desde`. It ends at the moment of the report, so that a gap at the end is visible. */
export function timeAxis(
  periodos: readonly string[],
  unidad: Unidad,
  momento: Date,
  width: number,
): TimeAxis {
  const { ms, format } = UNIDADES[unidad];
  const times = periodos.map((periodo) => Date.parse(toInstant(periodo)));
  const now = Date.parse(toInstant(toHora(momento).replace(' ', 'T')));
  return {
    field: 'desde',
    type: 'temporal',
    title: null,
    scale: {
      type: 'utc',
      domainMin: Math.min(...times),
      domainMax: Math.max(now, ...times.map((time) => time + ms)),
      padding: 0,
    },
    axis: {
      format,
      labelOverlap: true,
      labelFlush: true,
      grid: false,
      tickCount: Math.floor(width / LABEL),
    },
  };
}
