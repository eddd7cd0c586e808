import { ANTIGUEDAD_MAXIMA_HORAS } from '../../lambdas/core/config/contract.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import type { EstadoAlmacen } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { Intento } from '../queries/read-intentos.ts';
import { toLapse } from '../output/amounts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { runId, section, table } from './pieces.ts';
import type { Reporte } from './read-reporte.ts';

/** The style class of each freshness. */
const TONOS: Readonly<Record<EstadoAlmacen['frescura'], string>> = {
  'al día': 'bien',
  'nunca cargado': 'regular',
  atrasado: 'mal',
  'en el futuro': 'mal',
};

/** Every store: freshness, the latest attempts, and what it holds. */
export const sectionTiendas = ({ estado: { almacenes }, intentos }: Reporte): Html =>
  section(
    'Tiendas',
    `La barra es la edad del inventario: vacía recién cargado, llena a las ${ANTIGUEDAD_MAXIMA_HORAS} h. Los cuadros son los últimos intentos, el más nuevo a la derecha, y cuántos cargaron.`,
    [
      table(
        'Estado de cada almacén',
        [
          'Tienda',
          'Almacén',
          'Frescura',
          'Últimos intentos',
          'Última carga',
          'Artículos',
          'Negativos',
          'Rechazados',
          'Último intento',
        ],
        almacenes.map((row) => [
          html`<strong>${row.nombre}</strong> <span class="suave">${row.tienda}</span>`,
          row.almacen,
          freshness(row),
          strip(intentos[row.almacen] ?? []),
          row.ultimaCarga === null ? 'nunca' : toHora(row.ultimaCarga),
          row.articulos,
          row.negativos,
          row.ultimoIntento?.rechazados ?? 0,
          lastAttempt(row),
        ]),
      ),
    ],
  );

/** The freshness of a warehouse: its word, its age, and a bar that is full when the inventory is too old. */
function freshness({ frescura, antiguedadSegundos: age }: EstadoAlmacen): Html {
  const tono = TONOS[frescura];
  const word = html`<span class="marca ${tono}">${frescura}</span>`;
  if (age === null) return word;
  const share = Math.min(1, age / (ANTIGUEDAD_MAXIMA_HORAS * 3_600));
  return html`<span class="frescura">${word} hace ${toLapse(age)}</span>
    <span class="edad ${tono}"><span style="width: ${Math.round(100 * share)}%"></span></span>`;
}

const CUADRO = 6;

/** One square for each attempt, in the colour of how it ended. */
function strip(intentos: readonly Intento[]): Html {
  if (intentos.length === 0) return html`ninguno`;
  const loaded = intentos.filter(({ estado }) => estado === 'cargado').length;
  const label = `${loaded} de ${intentos.length}`;
  const squares = intentos.map(({ estado, inicio }, index) => {
    const tono = estado === 'cargado' ? 'bien' : estado === 'omitido' ? 'regular' : 'mal';
    return html`<rect class="${tono}" x="${index * CUADRO}" width="${CUADRO - 1}" height="16"
      ><title>${toHora(new Date(inicio))} ${estado}</title></rect
    >`;
  });
  return html`<svg
      class="intentos"
      role="img"
      aria-label="${label} cargados"
      width="${intentos.length * CUADRO}"
      height="16"
    >
      ${squares}
    </svg>
    <span class="suave">${label}</span>`;
}

function lastAttempt({ ultimoIntento }: EstadoAlmacen): Html {
  if (ultimoIntento === null) return html`ninguno`;
  const { estado, errorCodigo, ejecucionId } = ultimoIntento;
  return html`${estado} ${errorCodigo === null ? '' : html`<code>${errorCodigo}</code>`} en
  ${runId(ejecucionId)}`;
}
