import type { TopLevelSpec } from 'vega-lite';
import { ANTIGUEDAD_MAXIMA_HORAS } from '../../lambdas/inventario-klk/contract.ts';
import { toHora } from '../../lambdas/inventario-klk/hora.ts';
import type { EstadoAlmacen } from '../../lambdas/inventario-klk/runs/read-estado.ts';
import type { Movimiento } from '../../lambdas/inventario-klk/runs/read-movimiento.ts';
import type {
  EjecucionesPorPeriodo,
  FasesPorPeriodo,
  Unidad,
} from '../../lambdas/inventario-klk/runs/read-tendencia.ts';
import { toLapse } from '../commands/lapse.ts';
import { endOf, timeAxis, toInstant } from './time-axis.ts';

const WIDTH = 680;
const HEIGHT = 200;

/** Left of a chart by warehouse, its name. */
const NAMES = 210;

/** States from good to bad, in the colours of the page. */
const ESTADOS = {
  exitosa: 'var(--bien)',
  en_curso: 'var(--serie-2)',
  omitida: 'var(--neutro)',
  parcial: 'var(--regular)',
  fallida: 'var(--mal)',
  abandonada: 'var(--muerta)',
};

const FRESCURA: Readonly<Record<EstadoAlmacen['frescura'], string>> = {
  'al día': 'var(--bien)',
  'nunca cargado': 'var(--regular)',
  atrasado: 'var(--mal)',
  'en el futuro': 'var(--muerta)',
};

const FASES = { extracción: 'var(--serie-1)', transformación: 'var(--serie-3)', carga: 'var(--serie-2)' };

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

/** Runs over time, by state. */
export function chartEjecuciones(rows: readonly EjecucionesPorPeriodo[], unidad: Unidad): TopLevelSpec {
  return {
    width: WIDTH,
    height: HEIGHT,
    data: {
      values: rows.map((row) => ({
        ...row,
        desde: toInstant(row.periodo),
        hasta: endOf(row.periodo, unidad),
        orden: Object.keys(ESTADOS).indexOf(row.estado),
      })),
    },
    mark: { type: 'bar', orient: 'vertical', binSpacing: 1 },
    encoding: {
      x: timeAxis(
        rows.map(({ periodo }) => periodo),
        unidad,
      ),
      x2: { field: 'hasta' },
      y: {
        field: 'ejecuciones',
        type: 'quantitative',
        stack: 'zero',
        title: 'ejecuciones',
        axis: { tickMinStep: 1 },
      },
      color: colourBy('estado', present(ESTADOS, rows)),
      order: { field: 'orden' },
    },
  };
}

/** Seconds of work per phase and run. */
export function chartFases(rows: readonly FasesPorPeriodo[], unidad: Unidad): TopLevelSpec {
  const values = rows.flatMap(({ periodo, extraccion, transformacion, carga }) =>
    [extraccion, transformacion, carga].map((ms, orden) => ({
      desde: toInstant(periodo),
      hasta: endOf(periodo, unidad),
      fase: Object.keys(FASES)[orden],
      segundos: ms / 1_000,
      orden,
    })),
  );
  return {
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    mark: { type: 'bar', orient: 'vertical', binSpacing: 1 },
    encoding: {
      x: timeAxis(
        rows.map(({ periodo }) => periodo),
        unidad,
      ),
      x2: { field: 'hasta' },
      y: { field: 'segundos', type: 'quantitative', stack: 'zero', title: 'segundos por ejecución' },
      color: colourBy('fase', FASES),
      order: { field: 'orden' },
    },
  };
}

const nameOf = ({ tienda, nombre, almacen }: EstadoAlmacen): string => `${tienda} ${nombre} · ${almacen}`;

/** How old each warehouse's inventory is, against the age that is too old. */
export function chartFrescura(almacenes: readonly EstadoAlmacen[]): TopLevelSpec {
  const values = almacenes.map((almacen) => ({
    nombre: nameOf(almacen),
    horas: (almacen.antiguedadSegundos ?? 0) / 3_600,
    estado: almacen.frescura,
    texto: almacen.antiguedadSegundos === null ? almacen.frescura : toLapse(almacen.antiguedadSegundos),
  }));
  const y = { field: 'nombre', type: 'nominal' as const, title: null, sort: null, axis: { labelLimit: 300 } };
  const x = {
    field: 'horas',
    type: 'quantitative' as const,
    title: 'horas desde la última carga',
    scale: {
      domainMin: 0,
      domainMax:
        1.2 *
        maxOf(
          values.map(({ horas }) => horas),
          ANTIGUEDAD_MAXIMA_HORAS,
        ),
    },
  };
  return {
    width: WIDTH - NAMES,
    height: { step: 26 },
    data: { values },
    layer: [
      {
        mark: 'bar',
        encoding: { y, x, color: colourBy('estado', FRESCURA) },
      },
      { mark: { type: 'text', align: 'left', dx: 5 }, encoding: { y, x, text: { field: 'texto' } } },
      // Its own data, or it would be drawn once a warehouse.
      { data: { values: [{}] }, mark: 'rule', encoding: { x: { datum: ANTIGUEDAD_MAXIMA_HORAS } } },
    ],
  };
}

/** Articles of each warehouse. */
export function chartArticulos(almacenes: readonly EstadoAlmacen[]): TopLevelSpec {
  const values = almacenes.map((almacen) => ({
    nombre: nameOf(almacen),
    articulos: almacen.articulos,
    texto: `${almacen.articulos} · ${almacen.ultimoIntento?.rechazados ?? 0} rechazados`,
  }));
  const y = { field: 'nombre', type: 'nominal' as const, title: null, sort: null, axis: { labelLimit: 300 } };
  const x = {
    field: 'articulos',
    type: 'quantitative' as const,
    title: 'artículos',
    scale: {
      domainMin: 0,
      domainMax:
        1.4 *
        maxOf(
          values.map(({ articulos }) => articulos),
          10,
        ),
    },
  };
  return {
    width: WIDTH - NAMES,
    height: { step: 26 },
    data: { values },
    layer: [
      { mark: 'bar', encoding: { y, x } },
      { mark: { type: 'text', align: 'left', dx: 5 }, encoding: { y, x, text: { field: 'texto' } } },
    ],
  };
}

/** Articles whose stock moved, by run. */
export function chartMovimiento(rows: readonly Movimiento[]): TopLevelSpec {
  return {
    width: WIDTH,
    height: HEIGHT,
    data: {
      values: rows.map(({ ejecucionId, inicio, articulos }) => ({
        // Two runs may begin in one minute.
        momento: `${toDayAndTime(inicio)} ${ejecucionId}`,
        articulos,
      })),
    },
    mark: { type: 'bar', width: { band: 0.8 } },
    encoding: {
      x: {
        field: 'momento',
        type: 'ordinal',
        sort: null,
        title: 'ejecución que empezó',
        axis: { labelExpr: 'slice(datum.value, 0, 11)', labelAngle: -45 },
      },
      y: {
        field: 'articulos',
        type: 'quantitative',
        title: 'artículos que cambiaron',
        scale: {
          domainMin: 0,
          domainMax: maxOf(
            rows.map(({ articulos }) => articulos),
            1,
          ),
        },
        axis: { tickMinStep: 1 },
      },
    },
  };
}

const toDayAndTime = (date: Date): string => toHora(date).replace(/^\d+-(\d+)-(\d+)/, '$2/$1');

const maxOf = (values: readonly number[], atLeast: number): number => Math.max(atLeast, ...values);
