import { toHora } from '../../lambdas/core/config/locale.ts';
import { countOf, toDuration } from '../output/amounts.ts';
import { describeOffending } from '../output/offending-value.ts';
import { chartCrecimiento, chartEjecuciones, chartFases, chartMovimiento } from './charts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { command, data, figure, longTable, markOf, runId, section, orderOf, table } from './pieces.ts';
import type { Program } from './pieces.ts';
import type { Reporte } from './read-reporte.ts';
import { titleOf } from './time-axis.ts';

const SIN_EJECUCIONES = html`<p>Todavía no hubo ninguna ejecución.</p>`;

/** Shown in place of a chart of a single period, which would be one bar. */
const UN_PERIODO = html`<p>
  Todavía no hay con qué comparar: el gráfico aparece cuando hay más de un período.
</p>`;

/** Rejected rows shown of each warehouse. */
const FILAS = 5;

/** Characters shown of an offending value. */
const VALOR = 60;

/** The quarantined rows of the last answer of each warehouse. */
export function sectionRechazos({ rechazos }: Reporte, program: Program): Html {
  return section(
    'Filas rechazadas',
    'Filas de la última respuesta de cada almacén que no se pudieron leer. Cada artículo conserva la existencia que tuviera.',
    rechazos.length === 0
      ? [html`<p>Ninguna.</p>`]
      : rechazos.map(({ tienda, almacen, rechazados, ejecucionId, inicio, filas }) => {
          const shown = filas.slice(0, FILAS);
          return html`<h3>
              ${tienda} ${almacen}
              <span class="suave"
                >${countOf(rechazados, 'fila', 'filas')} en ${runId(ejecucionId)}, ${toHora(inicio)}</span
              >
            </h3>
            ${table(
              `Filas rechazadas de ${almacen}`,
              ['Campo', 'Valor', 'Producto', 'Código', 'Por qué'],
              shown.map((fila) => {
                const { campo, valor, nombre, explicacion } = describeOffending(fila);
                const shownValue = valor.length > VALOR ? `${valor.slice(0, VALOR)}…` : valor;
                return [
                  html`<code>${campo}</code>`,
                  html`<code class="fila">${shownValue}</code>`,
                  nombre ?? '–',
                  fila.producto ?? 'ilegible',
                  explicacion,
                ];
              }),
            )}
            <p>
              ${rechazados > shown.length ? `Y ${rechazados - shown.length} más. ` : ''}Enteras:
              ${command(orderOf(program, 'rechazos', '--tienda', tienda, '--csv'))}
            </p>`;
        }),
  );
}

/** The latest runs, one by one. */
export function sectionRecientes({ recientes, ejecuciones }: Reporte, program: Program): Html {
  const total = ejecuciones.reduce((sum, row) => sum + row.ejecuciones, 0);
  const more = total - recientes.length;
  const oldest = recientes.at(-1);
  return section(
    'Últimas ejecuciones',
    'La más nueva arriba, con los artículos que cambiaron de precio. Con su id, «historial» la muestra entera.',
    [
      oldest === undefined
        ? SIN_EJECUCIONES
        : html`${table(
            'Últimas ejecuciones',
            ['Ejecución', 'Empezó', 'Origen', 'Estado', 'Duró', 'Tiendas cargadas', 'Precios', 'Errores'],
            recientes.map(
              ({
                id,
                inicio,
                origen,
                forzar,
                estado,
                duracionMs,
                cargadas,
                tiendas,
                preciosCambiados,
                errores,
              }) => [
                runId(id),
                toHora(inicio),
                `${program.nameOrigen(origen)}${forzar ? ', forzada' : ''}`,
                markOf(estado),
                duracionMs === null ? '–' : toDuration(duracionMs),
                tiendas === null ? '–' : `${cargadas ?? 0} de ${tiendas}`,
                preciosCambiados,
                errores.length === 0 ? '–' : html`${errores.map((codigo) => html`<code>${codigo}</code>`)}`,
              ],
            ),
          )}
          ${more <= 0 ? '' : html`<p>Y ${more} más en el último año, por ejemplo las de una semana: ${command(orderOf(program, 'historial', '--desde', weekBefore(oldest.inicio)))}</p>`}`,
    ],
  );
}

const WEEK_MS = 7 * 24 * 3_600_000;

const weekBefore = (date: Date): string => toHora(new Date(date.getTime() - WEEK_MS)).slice(0, 10);

/** Runs over time. */
export async function sectionEjecuciones(reporte: Reporte): Promise<Html> {
  const { ejecuciones, unidad } = reporte;
  return section('Ejecuciones en el tiempo', `Por ${titleOf(unidad)} y estado, del último año.`, [
    await overTime(ejecuciones, 'Ejecuciones por estado a lo largo del tiempo', (width) =>
      chartEjecuciones(reporte, width),
    ),
    data(
      'Ejecuciones por período',
      [titleOf(unidad), 'estado', 'ejecuciones'],
      ejecuciones.map(({ periodo, estado, ejecuciones: runs }) => [toText(periodo), estado, runs]),
    ),
  ]);
}

/** How long each phase takes. */
export async function sectionFases(reporte: Reporte): Promise<Html> {
  const { fases, unidad } = reporte;
  return section(
    'Duración por fase',
    `Trabajo de una ejecución en cada fase, sumado sobre sus almacenes (se extraen varios a la vez); mediana de cada ${titleOf(unidad)}.`,
    [
      await overTime(fases, 'Segundos de trabajo por fase a lo largo del tiempo', (width) =>
        chartFases(reporte, width),
      ),
      data(
        'Duración por período',
        [titleOf(unidad), 'extracción, ms', 'transformación, ms', 'carga, ms'],
        fases.map((fase) => [
          toText(fase.periodo),
          ...[fase.extraccion, fase.transformacion, fase.carga].map(Math.round),
        ]),
      ),
    ],
  );
}

/** What the latest runs changed. */
export async function sectionMovimiento({ movimiento }: Reporte): Promise<Html> {
  return section(
    'Existencias que se movieron',
    'Artículos cuya existencia cambió en cada una de las últimas ejecuciones que cargaron.',
    movimiento.length === 0
      ? [html`<p>Todavía no se cargó nada.</p>`]
      : [
          movimiento.every(({ articulos }) => articulos === 0)
            ? html`<p>No cambió ninguna.</p>`
            : await figure('Artículos que cambiaron en cada ejecución', (width) =>
                chartMovimiento(movimiento, width),
              ),
          data(
            'Existencias que se movieron',
            ['ejecución', 'empezó', 'artículos', 'unidades y kilos'],
            movimiento.map(({ ejecucionId, inicio, articulos, cantidad }) => [
              ejecucionId.slice(0, 8),
              toHora(inicio),
              articulos,
              cantidad,
            ]),
          ),
        ],
  );
}

/** How the history grows: day by day, and what each month occupies. */
export async function sectionCrecimiento({ estado: { crecimiento } }: Reporte): Promise<Html> {
  const { dias, meses } = crecimiento;
  return section(
    'Crecimiento del histórico',
    'Una versión termina cuando cambia la existencia, el precio o el IVA de un artículo, o cuando desaparece. Por día, de los últimos 30; por mes, con lo que ocupa.',
    meses.length + dias.length === 0
      ? [html`<p>Todavía no terminó ninguna versión.</p>`]
      : [
          ...(dias.length < 2
            ? [UN_PERIODO]
            : [await figure('Versiones que terminaron cada día', (width) => chartCrecimiento(dias, width))]),
          data(
            'Versiones por día',
            ['día', 'versiones', 'precios cambiados'],
            dias.map(({ dia, versiones, preciosCambiados }) => [dia, versiones, preciosCambiados]),
          ),
          longTable(
            'Versiones por mes',
            ['Mes', 'Versiones, aproximadas', 'MB con índices'],
            meses.map(({ mes, versiones, bytes }) => [mes, versiones, bytes / 1e6]),
          ),
        ],
  );
}

/** A chart over periods, or the reason why there is none. */
function overTime(
  rows: readonly { readonly periodo: string }[],
  label: string,
  spec: Parameters<typeof figure>[1],
): Html | Promise<Html> {
  const periodos = new Set(rows.map(({ periodo }) => periodo)).size;
  if (periodos === 0) return SIN_EJECUCIONES;
  return periodos === 1 ? UN_PERIODO : figure(label, spec);
}

const toText = (periodo: string): string => periodo.replace('T', ' ');
