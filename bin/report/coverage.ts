import type { EstadoDia } from '../../lambdas/ventas-klk/questions/read-cobertura.ts';
import { diasBetween, weeksOf } from '../output/calendar.ts';
import type { FilaCalendario } from '../commands/cobertura.ts';
import { QUIEN_LEE } from '../commands/gaps.ts';
import type { Gap } from '../commands/gaps.ts';
import { remedyOf } from '../program/remedy.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { command, orderOfVentas, section, table } from './pieces.ts';
import type { Program } from './pieces.ts';
import type { Reporte, ReporteVentas } from './read-reporte.ts';

/** What the sections of the sales say before the first run. */
export const startVentas = (program: Program): Html =>
  html`<p>Todavía no se leyó ninguna venta. Para empezar: ${command(orderOfVentas(program))}</p>`;

/** Whether no sales were ever read. */
export const isEmpty = ({ calendario }: ReporteVentas): boolean =>
  calendario.every(({ dias }) => dias.length === 0);

/** Which days of which stores are complete, and how to read what is missing. */
export function sectionCobertura({ ventas }: Reporte, program: Program): Html {
  const { desde, hasta, calendario, faltan } = ventas;
  return section(
    'Ventas: cobertura',
    `Un cuadro por día, del ${desde} al ${hasta}; cada semana empieza en lunes. Lleno: completo. Medio: provisional, leído pero todavía puede cambiar. Raya: falta. Con aspa: fallido.`,
    isEmpty(ventas)
      ? [startVentas(program)]
      : [
          table(
            'Cobertura de las ventas por tienda',
            ['Tienda', 'Días', 'Completos', 'Provisionales', 'Faltan', 'Fallidos', 'Último día leído'],
            calendario.map((fila) => [
              html`<strong>${fila.nombre}</strong> <span class="suave">${fila.tienda}</span>`,
              drawCalendar(fila, desde, hasta),
              countDias(fila, 'completo'),
              countDias(fila, 'provisional'),
              countDias(fila, 'falta'),
              countDias(fila, 'fallido'),
              fila.dias.findLast(({ leido }) => leido !== null)?.dia ?? 'ninguno',
            ]),
          ),
          ...(faltan.length === 0
            ? [html`<p>No falta nada.</p>`]
            : faltan.map((hueco) => describeHueco(hueco, calendario.length, program))),
        ],
  );
}

const countDias = ({ dias }: FilaCalendario, estado: EstadoDia): number =>
  dias.filter((dia) => dia.estado === estado).length;

/** Pixels of a day and of its picture, and of the gap before each Monday. */
export const DIA = 8;
export const LADO = 7;
export const SEMANA = 3;
const ALTO = 16;

/** How high the square of each state is, and its colour: they differ without colours too. */
const CUADROS: Readonly<Record<EstadoDia, { readonly tono: string; readonly alto: number }>> = {
  completo: { tono: 'bien', alto: ALTO },
  provisional: { tono: 'regular', alto: ALTO / 2 },
  falta: { tono: 'mal', alto: 3 },
  fallido: { tono: 'mal', alto: ALTO },
};

/** A store's calendar in one line. */
function drawCalendar(fila: FilaCalendario, desde: string, hasta: string): Html {
  if (fila.dias.length === 0) return html`sin empezar`;
  const weeks = weeksOf(diasBetween(desde, hasta));
  const squares: Html[] = [];
  let x = 0;
  for (const week of weeks) {
    for (const dia of week) {
      const known = fila.dias.find((other) => other.dia === dia);
      if (known !== undefined) squares.push(drawDia(known.estado, dia, x));
      x += DIA;
    }
    x += SEMANA;
  }
  const label = `${countDias(fila, 'completo')} completos, ${countDias(fila, 'provisional')} provisionales, ${countDias(fila, 'falta')} que faltan y ${countDias(fila, 'fallido')} fallidos`;
  return html`<svg class="dias" role="img" aria-label="${label}" width="${x}" height="${ALTO}">
    ${squares}
  </svg>`;
}

function drawDia(estado: EstadoDia, dia: string, x: number): Html {
  const { tono, alto } = CUADROS[estado];
  const square = html`<rect class="${tono}" x="${x}" y="${ALTO - alto}" width="${LADO}" height="${alto}"
    ><title>${dia} ${estado}</title></rect
  >`;
  return estado === 'fallido'
    ? html`${square}<path class="aspa" d="M${x + 1.5} 5.5 l4 4 m0 -4 l-4 4" />`
    : square;
}

/** One gap: where, why, and the command that reads it now. */
function describeHueco(hueco: Gap, all: number, program: Program): Html {
  const { tiendas, desde, hasta, horas, codigo, mensaje } = hueco;
  const cuando = [desde === hasta ? desde : `${desde} a ${hasta}`, ...horas].join(' ');
  const donde = tiendas.length === all && all > 1 ? 'todas las tiendas' : tiendas.join(', ');
  const named = tiendas.length === all ? [] : ['--tiendas', ...tiendas];
  const repair = orderOfVentas(program, ...named, '--desde', desde, '--hasta', hasta);
  if (codigo === null) {
    return html`<article class="fallo">
      <h3>Sin leer entero <span class="suave">${cuando}, ${donde}</span></h3>
      <p class="paso">${QUIEN_LEE}: ${command(repair)}</p>
    </article>`;
  }
  const remedy = remedyOf(codigo, { tiendas, flujo: 'ventas', desde, hasta }, program);
  const others = remedy.comandos.filter(({ comando }) => comando !== repair);
  return html`<article class="fallo">
    <h3><code>${codigo}</code> <span class="suave">${cuando}, ${donde}</span></h3>
    <p>${mensaje ?? ''}</p>
    <p>${remedy.texto}</p>
    ${others.map(({ para, comando }) => html`<p class="paso">${para}: ${command(comando)}</p>`)}
    <p class="paso">Para leerlo ahora: ${command(repair)}</p>
  </article>`;
}
