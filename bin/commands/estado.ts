import type { Command } from 'commander';
import { ANTIGUEDAD_MAXIMA_HORAS } from '../../lambdas/inventario-klk/contract.ts';
import { toHora } from '../../lambdas/inventario-klk/hora.ts';
import { readEstado } from '../../lambdas/inventario-klk/runs/read-estado.ts';
import type { Estado, EstadoAlmacen } from '../../lambdas/inventario-klk/runs/read-estado.ts';
import type { Ejecucion } from '../../lambdas/inventario-klk/runs/read-ejecuciones.ts';
import { printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { addCommand, optionsOf, withJson } from './command.ts';
import { toLapse } from './lapse.ts';
import { paintEstado } from './paint.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

/** Adds `estado`: how fresh every store is. */
export function addEstado(program: Command, { withSystems }: Asking): void {
  withJson(addCommand(program, 'estado', 'qué tan fresco está el inventario de cada tienda')).action(
    async (_options, command: Command) => {
      const { json } = optionsOf(command, {});
      await withSystems(async (systems) => {
        printAnswer(await readEstado(systems), json, render);
      });
    },
  );
}

const COLUMNS: readonly Column<EstadoAlmacen>[] = [
  { title: 'Tienda', cell: ({ tienda, nombre }) => `${tienda} ${nombre}` },
  { title: 'Almacén', cell: ({ almacen }) => almacen },
  { title: 'Frescura', cell: ({ frescura }) => paintEstado(frescura) },
  {
    title: 'Última carga',
    cell: ({ ultimaCarga }) => (ultimaCarga === null ? 'nunca' : toHora(ultimaCarga)),
  },
  {
    title: 'Antigüedad',
    cell: ({ antiguedadSegundos: age }) => (age === null ? '-' : toLapse(age)),
  },
  { title: 'Artículos', cell: ({ articulos }) => articulos },
  { title: 'Negativos', cell: ({ negativos }) => negativos },
  { title: 'Rechaz.', cell: ({ ultimoIntento }) => ultimoIntento?.rechazados ?? 0 },
  {
    title: 'Último intento',
    cell: ({ ultimoIntento }) =>
      ultimoIntento === null
        ? '-'
        : `${paintEstado(ultimoIntento.estado)} ${ultimoIntento.errorCodigo ?? ''}`.trimEnd(),
  },
];

function render({ momento, ultimaEjecucion, almacenes }: Estado): string {
  return [
    `Estado del ${toHora(momento)}, hora de Caracas\n`,
    ultimaEjecucion === null ? 'Todavía no hubo ninguna ejecución\n' : describeLast(ultimaEjecucion, momento),
    renderTable(COLUMNS, almacenes),
    ...describeUnwell(almacenes, momento),
  ].join('');
}

/** One line for each way in which warehouses are not fresh. */
function describeUnwell(almacenes: readonly EstadoAlmacen[], momento: Date): string[] {
  const those = (frescura: EstadoAlmacen['frescura']): EstadoAlmacen[] =>
    almacenes.filter((almacen) => almacen.frescura === frescura);
  const count = (of: readonly EstadoAlmacen[]): string => `${of.length} de ${almacenes.length} almacenes`;
  const [stale, never] = [those('atrasado'), those('nunca cargado')];
  return [
    ...(stale.length === 0
      ? []
      : [
          `${count(stale)} llevan más de ${ANTIGUEDAD_MAXIMA_HORAS} h sin cargar; «historial --tienda ${stale[0]?.tienda ?? ''}» dice por qué\n`,
        ]),
    ...(never.length === 0 ? [] : [`${count(never)} nunca se han cargado\n`]),
    ...those('en el futuro').map(
      ({ almacen, ultimaCarga }) =>
        `El inventario de ${almacen} es del futuro, de dentro de ${toLapse(secondsBetween(momento, ultimaCarga ?? momento))}: el reloj de la base estuvo adelantado, y hasta entonces no se carga otro; siga «Horas del futuro» en docs/operacion.md\n`,
    ),
  ];
}

function describeLast({ id, origen, estado, inicio, errores }: Ejecucion, momento: Date): string {
  const seconds = secondsBetween(inicio, momento);
  const when =
    seconds < 0
      ? `con hora del futuro, dentro de ${toLapse(-seconds)} (el reloj de la base estuvo adelantado)`
      : `hace ${toLapse(seconds)}`;
  const codes = errores.length > 0 ? `: ${errores.join(', ')}` : '';
  return `Última ejecución ${id.slice(0, 8)} (${origen}), ${when}: ${paintEstado(estado)}${codes}\n`;
}

const secondsBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 1_000;
