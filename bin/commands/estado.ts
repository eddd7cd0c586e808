import type { Command } from 'commander';
import { ANTIGUEDAD_MAXIMA_HORAS } from '../../lambdas/core/config/contract.ts';
import { toHora, toMegabytes } from '../../lambdas/core/config/locale.ts';
import { readEstadoOf } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { EstadoInventario, EstadoAlmacen } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { Crecimiento } from '../../lambdas/inventario-klk/questions/read-crecimiento.ts';
import type { Ejecucion } from '../../lambdas/core/run/read-ejecuciones.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { diaAt } from '../../lambdas/core/time/dia.ts';
import { readEstadoVentasOf } from '../../lambdas/ventas-klk/questions/read-estado-ventas.ts';
import type {
  EstadoTiendaVentas,
  EstadoVentas,
} from '../../lambdas/ventas-klk/questions/read-estado-ventas.ts';
import { printAnswer } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { optionsOf } from '../program/flags.ts';
import { countOf, describePrecios, toLapse } from '../output/amounts.ts';
import { paintEstado, wrap } from '../output/terminal.ts';
import { renderTable } from '../output/table.ts';
import type { Column } from '../output/table.ts';

/** Answers `estado`: how fresh the inventory of every store is, and how complete its sales are. */
export async function answerEstado(asking: Asking, command: Command): Promise<void> {
  const { json } = optionsOf(command, {});
  await asking.withContext(async (context) => {
    const catalogo = context.readCatalogo();
    const estado = await askDatabase(context, async (client, vivas) => ({
      ...(await readEstadoOf(client, vivas, catalogo)),
      ventas: await readEstadoVentasOf(client, vivas, catalogo),
    }));
    printAnswer(estado, json, (answer) => render(answer, asking) + renderVentas(answer.ventas, asking));
  });
}

const COLUMNS: readonly Column<EstadoAlmacen>[] = [
  { title: 'Tienda', cell: ({ tienda, nombre }) => `${tienda} ${nombre}`, wraps: true },
  { title: 'Almacén', cell: ({ almacen }) => almacen },
  { title: 'Frescura', cell: ({ frescura }) => paintEstado(frescura) },
  {
    title: 'Antigüedad',
    cell: ({ antiguedadSegundos: age }) => (age === null ? undefined : toLapse(age)),
  },
  { title: 'Artículos', cell: ({ articulos }) => articulos },
  { title: 'Negativos', cell: ({ negativos }) => negativos },
];

/** The last attempt if it did not load, and its rejected rows. */
function describeAttempt({ ultimaCarga, ultimoIntento }: EstadoAlmacen): string[] {
  if (ultimoIntento === null) return [];
  const { estado, errorCodigo, inicio, rechazados } = ultimoIntento;
  const loaded = ultimaCarga === null ? '' : `; última carga ${toHora(ultimaCarga)}`;
  return [
    estado === 'cargado'
      ? ''
      : `último intento ${toHora(new Date(inicio))}: ${estado}${errorCodigo === null ? '' : `, ${errorCodigo}`}${loaded}`,
    rechazados === 0 ? '' : countOf(rechazados, 'rechazo', 'rechazos'),
  ];
}

function render(
  { momento, ultimaEjecucion, almacenes, crecimiento }: EstadoInventario,
  { nameOrigen }: Asking,
): string {
  return [
    `Estado del ${toHora(momento)}, hora de Caracas\n`,
    ultimaEjecucion === null
      ? 'Todavía no hubo ninguna ejecución\n'
      : describeLast(ultimaEjecucion, nameOrigen(ultimaEjecucion.origen), momento),
    ...describeCrecimiento(crecimiento).map((text) => `${wrap(text)}\n`),
    renderTable(COLUMNS, almacenes, describeAttempt),
    ...describeUnwell(almacenes, momento).map((text) => `${wrap(text)}\n`),
  ].join('');
}

/** Days and months shown; the report has more. */
const LATEST = 3;

/** What the last days and months added to the history. */
function describeCrecimiento({ dias, meses }: Crecimiento): string[] {
  const days = dias.slice(0, LATEST).map((day) => {
    const precios = describePrecios(day);
    return `${day.dia} ${day.versiones}${precios === '' ? '' : ` (${precios})`}`;
  });
  const months = meses
    .slice(0, LATEST)
    .map(({ mes, versiones, bytes }) => `${mes} unas ${versiones} en ${toMegabytes(bytes)}`);
  return [
    ...(days.length === 0 ? [] : [`Versiones por día: ${days.join(', ')}`]),
    ...(months.length === 0 ? [] : [`Versiones por mes: ${months.join(', ')}`]),
  ];
}

/** One line for each reason why warehouses are not fresh, with their number. */
function describeUnwell(almacenes: readonly EstadoAlmacen[], momento: Date): string[] {
  const those = (frescura: EstadoAlmacen['frescura']): EstadoAlmacen[] =>
    almacenes.filter((almacen) => almacen.frescura === frescura);
  const count = ({ length }: readonly EstadoAlmacen[]): string =>
    `${length} de ${countOf(almacenes.length, 'almacén', 'almacenes')}`;
  const [stale, never] = [those('atrasado'), those('nunca cargado')];
  return [
    ...(stale.length === 0
      ? []
      : [
          `${count(stale)}: más de ${ANTIGUEDAD_MAXIMA_HORAS} h sin cargar; «historial --tienda ${stale[0]?.tienda ?? ''}» dice por qué`,
        ]),
    ...(never.length === 0 ? [] : [`${count(never)}: nunca ${never.length === 1 ? 'cargado' : 'cargados'}`]),
    ...those('en el futuro').map(
      ({ almacen, ultimaCarga }) =>
        `El inventario de ${almacen} es del futuro, de dentro de ${toLapse(secondsBetween(momento, ultimaCarga ?? momento))}: el reloj de la base estuvo adelantado, y hasta entonces no se carga otro; siga «Horas del futuro» en docs/operacion.md`,
    ),
  ];
}

function describeLast({ id, estado, inicio, errores }: Ejecucion, origen: string, momento: Date): string {
  const seconds = secondsBetween(inicio, momento);
  const when =
    seconds < 0
      ? `con hora del futuro, dentro de ${toLapse(-seconds)} (el reloj de la base estuvo adelantado)`
      : `hace ${toLapse(seconds)}`;
  const codes = errores.length > 0 ? `: ${errores.join(', ')}` : '';
  return `Última ejecución ${id.slice(0, 8)} (${origen}), ${when}: ${paintEstado(estado)}${codes}\n`;
}

/** A store that sells, today's state and the days that are not complete. */
interface FilaVentas {
  readonly tienda: EstadoTiendaVentas;
  readonly hoy: string | undefined;
  readonly faltan: number;
}

const VENTAS_COLUMNS: readonly Column<FilaVentas>[] = [
  { title: 'Tienda', cell: ({ tienda }) => `${tienda.tienda} ${tienda.nombre}`, wraps: true },
  { title: 'Hoy', cell: ({ hoy }) => hoy && paintEstado(hoy) },
  {
    title: 'Leído hace',
    cell: ({ tienda: { antiguedadSegundos: age } }) => (age === null ? undefined : toLapse(age)),
  },
  { title: 'Completos', cell: ({ tienda }) => countDias(tienda, 'completo') },
  { title: 'Provisionales', cell: ({ tienda }) => countDias(tienda, 'provisional') },
  { title: 'Faltan', cell: ({ faltan }) => faltan },
];

const countDias = ({ dias }: EstadoTiendaVentas, estado: string): number =>
  dias.filter((dia) => dia.estado === estado).length;

/** The sales of every store: today, and the days before. */
function renderVentas({ momento, ultimaEjecucion, tiendas }: EstadoVentas, { nameOrigen }: Asking): string {
  const hoy = diaAt(momento);
  const filas = tiendas.map((tienda) => ({
    tienda,
    hoy: tienda.dias.find(({ dia }) => dia === hoy)?.estado,
    faltan: countDias(tienda, 'falta') + countDias(tienda, 'fallido'),
  }));
  if (ultimaEjecucion === null) return '\nVentas: todavía no hubo ninguna ejecución\n';
  const { id, origen, estado, errorCodigo, inicio } = ultimaEjecucion;
  const codes = errorCodigo === null ? '' : `: ${errorCodigo}`;
  const when = toLapse(secondsBetween(inicio, momento));
  return [
    `\nVentas: última ejecución ${id.slice(0, 8)} (${nameOrigen(origen)}), hace ${when}: ${paintEstado(estado)}${codes}\n`,
    renderTable(VENTAS_COLUMNS, filas),
    filas.some(({ faltan }) => faltan > 0)
      ? 'Días de los últimos 40; «ventas -- cobertura» dice qué falta y cómo leerlo\n'
      : 'Días de los últimos 40\n',
  ].join('');
}

const secondsBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 1_000;
