import type { Command } from 'commander';
import { ANTIGUEDAD_MAXIMA_HORAS } from '../../lambdas/core/config/contract.ts';
import { toHora, toMegabytes } from '../../lambdas/core/config/locale.ts';
import { readEstado } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { Estado, EstadoAlmacen } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { Crecimiento } from '../../lambdas/inventario-klk/questions/read-crecimiento.ts';
import type { Ejecucion } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import { printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { optionsOf } from './flags.ts';
import { countOf, describePrecios, toLapse } from './amounts.ts';
import { paintEstado, wrap } from './terminal.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

/** Answers `estado`: how fresh every store is. */
export async function answerEstado(asking: Asking, command: Command): Promise<void> {
  const { json } = optionsOf(command, {});
  await asking.withSystems(async (systems) => {
    printAnswer(await readEstado(systems), json, (estado) => render(estado, asking));
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

/** The last attempt when it did not load, and its rejected rows. */
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
  { momento, ultimaEjecucion, almacenes, crecimiento }: Estado,
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

/** One line for each way in which warehouses are not fresh. */
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

const secondsBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 1_000;
