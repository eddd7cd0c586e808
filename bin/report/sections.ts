import type { TopLevelSpec } from 'vega-lite';
import { ANTIGUEDAD_MAXIMA_HORAS } from '../../lambdas/inventario-klk/contract.ts';
import { toHora } from '../../lambdas/inventario-klk/hora.ts';
import type { Fallo } from '../../lambdas/inventario-klk/runs/read-fallos.ts';
import type { Remedy } from '../../lambdas/inventario-klk/remedy.ts';
import { remedyOf } from '../commands/remedy.ts';
import type { Reader } from '../commands/remedy.ts';
import { toLapse } from '../commands/lapse.ts';
import { chartArticulos, chartEjecuciones, chartFases, chartFrescura, chartMovimiento } from './charts.ts';
import { drawChart } from './draw-chart.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Reporte } from './read-reporte.ts';
import { table } from './table.ts';
import { titleOf } from './time-axis.ts';

const SIN_EJECUCIONES = 'Todavía no hubo ninguna ejecución.';

/** Runs over time. */
export async function sectionEjecuciones({ ejecuciones, unidad }: Reporte): Promise<Html> {
  const columns = [titleOf(unidad), 'estado', 'ejecuciones'];
  return section('Ejecuciones', `Por ${titleOf(unidad)} y estado, del último año.`, [
    ejecuciones.length === 0
      ? html`<p>${SIN_EJECUCIONES}</p>`
      : html`${await figure('Ejecuciones por estado a lo largo del tiempo', chartEjecuciones(ejecuciones, unidad))}
        ${data(
          columns,
          ejecuciones.map(({ periodo, estado, ejecuciones: count }) => [toText(periodo), estado, count]),
        )}`,
  ]);
}

/** How long each phase takes. */
export async function sectionFases({ fases, unidad }: Reporte): Promise<Html> {
  const columns = [titleOf(unidad), 'extracción, ms', 'transformación, ms', 'carga, ms'];
  return section(
    'Duración por fase',
    'Trabajo de una ejecución en cada fase, sumado sobre sus almacenes (se extraen varios a la vez); promedio del período.',
    [
      fases.length === 0
        ? html`<p>${SIN_EJECUCIONES}</p>`
        : html`${await figure('Segundos de trabajo por fase a lo largo del tiempo', chartFases(fases, unidad))}
          ${data(
            columns,
            fases.map((fase) => [
              toText(fase.periodo),
              ...[fase.extraccion, fase.transformacion, fase.carga].map(Math.round),
            ]),
          )}`,
    ],
  );
}

/** How old each store's inventory is, with its articles. */
export async function sectionFrescura({ estado: { almacenes } }: Reporte): Promise<Html> {
  return section(
    'Frescura por tienda',
    `Tiempo desde el último inventario aceptado; con más de ${ANTIGUEDAD_MAXIMA_HORAS} h (línea) está atrasado.`,
    [
      await figure('Horas desde la última carga de cada almacén', chartFrescura(almacenes)),
      table(
        'Frescura de cada almacén',
        ['Tienda', 'Almacén', 'Última carga', 'Antigüedad', 'Frescura', 'Último intento'],
        almacenes.map((row) => [
          `${row.tienda} ${row.nombre}`,
          row.almacen,
          row.ultimaCarga === null ? 'nunca' : toHora(row.ultimaCarga),
          row.antiguedadSegundos === null ? '–' : toLapse(row.antiguedadSegundos),
          row.frescura,
          row.ultimoIntento === null
            ? 'ninguno'
            : [row.ultimoIntento.estado, row.ultimoIntento.errorCodigo ?? ''].join(' ').trimEnd(),
        ]),
      ),
    ],
  );
}

/** What each store has, and what of it could not be read. */
export async function sectionArticulos({ estado: { almacenes } }: Reporte): Promise<Html> {
  return section(
    'Artículos y rechazados por tienda',
    'Artículos en el inventario de hoy, y filas que la última ejecución no pudo leer.',
    [
      await figure('Artículos de cada almacén', chartArticulos(almacenes)),
      table(
        'Artículos de cada almacén',
        ['Tienda', 'Almacén', 'Artículos', 'Negativos', 'Rechazados'],
        almacenes.map(({ tienda, nombre, almacen, articulos, negativos, ultimoIntento }) => [
          `${tienda} ${nombre}`,
          almacen,
          articulos,
          negativos,
          ultimoIntento?.rechazados ?? 0,
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
    [
      movimiento.length === 0
        ? html`<p>Todavía no se cargó nada.</p>`
        : html`${await figure('Artículos que cambiaron en cada ejecución', chartMovimiento(movimiento))}
          ${data(
            ['ejecución', 'empezó', 'artículos', 'unidades y kilos'],
            movimiento.map(({ ejecucionId, inicio, articulos, cantidad }) => [
              ejecucionId.slice(0, 8),
              toHora(inicio),
              articulos,
              cantidad,
            ]),
          )}`,
    ],
  );
}

/** What was refused as suspicious. */
export const sectionSospechas = ({ sospechas }: Reporte, reader: Reader): Html =>
  section(
    'Rechazos por sospecha',
    'Inventarios que no se creyeron: el almacén conservó el anterior. Si en la tienda es verdad, se aceptan con --forzar.',
    [
      sospechas.length === 0
        ? html`<p>Ninguno.</p>`
        : fallosTable('Rechazos por sospecha', sospechas, reader),
    ],
  );

/** What failed last, and what to do about it. */
export const sectionFallos = ({ fallos }: Reporte, reader: Reader): Html =>
  section('Fallos más recientes', 'Uno por almacén y código, con su remedio.', [
    fallos.length === 0 ? html`<p>Ninguno.</p>` : fallosTable('Fallos más recientes', fallos, reader),
  ]);

const fallosTable = (caption: string, fallos: readonly Fallo[], reader: Reader): Html =>
  table(
    caption,
    ['Última vez', 'Dónde', 'Código', 'Veces', 'Mensaje', 'Qué hacer'],
    fallos.map(({ tienda, almacen, codigo, veces, mensaje, ultimaVez }) => [
      toHora(ultimaVez),
      almacen === null ? 'toda la ejecución' : `${tienda ?? ''} ${almacen}`,
      html`<code>${codigo}</code>`,
      veces,
      mensaje,
      describeRemedy(remedyOf(codigo, tienda === null ? [] : [tienda], reader)),
    ]),
  );

const describeRemedy = ({ texto, comandos }: Remedy): Html =>
  html`${texto} ${comandos.map(({ para, comando }) => html`${para}: <code>${comando}</code>`)}`;

const section = (title: string, explanation: string, content: readonly Html[]): Html =>
  html`<section>
    <h2>${title}</h2>
    <p class="suave">${explanation}</p>
    ${content}
  </section>`;

const figure = async (label: string, spec: TopLevelSpec): Promise<Html> =>
  html`<figure role="img" aria-label="${label}">
    <div aria-hidden="true">${await drawChart(spec)}</div>
  </figure>`;

/** The numbers behind a chart, for whoever cannot see it or wants to copy them. */
const data = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): Html =>
  html`<details>
    <summary>Ver los datos</summary>
    ${table('Datos del gráfico', head, rows)}
  </details>`;

const toText = (periodo: string): string => periodo.replace('T', ' ');
