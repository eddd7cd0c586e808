import type { Command } from 'commander';
import { z } from 'zod';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { renderRemedy } from '../../lambdas/core/run/remedy.ts';
import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import { readDatabaseClock } from '../../lambdas/core/postgres/preflight.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { diaAt } from '../../lambdas/core/time/dia.ts';
import { readCobertura } from '../../lambdas/ventas-klk/questions/read-cobertura.ts';
import type { CoberturaDia } from '../../lambdas/ventas-klk/questions/read-cobertura.ts';
import { readTramosQueFaltan } from '../queries/read-tramos-que-faltan.ts';
import { countOf } from '../output/amounts.ts';
import { findVendedoras, printAnswer } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { diasBetween, diasOf, headingOf, legend, signsOf } from '../output/calendar.ts';
import { optionsOf } from '../program/flags.ts';
import { findGaps, QUIEN_LEE } from './gaps.ts';
import type { Gap } from './gaps.ts';
import { orderOf, remedyOf } from '../program/remedy.ts';
import type { Reader } from '../program/remedy.ts';
import { renderTable } from '../output/table.ts';
import { paint, wrapBehindMark } from '../output/terminal.ts';

/** The days of one store in a calendar, oldest first; none when it was never read. */
export interface FilaCalendario {
  readonly tienda: string;
  readonly nombre: string;
  readonly completos: number;
  readonly dias: readonly CoberturaDia[];
}

/** The coverage of a month, and what to do about what is missing. */
interface Cobertura {
  /** By the database's clock. */
  readonly momento: Date;
  readonly mes: string;
  readonly tiendas: readonly FilaCalendario[];
  readonly faltan: readonly Gap[];
}

/** Answers `cobertura`: which days of which stores are complete, and how to get the others. */
export async function answerCobertura(
  { readCatalogo, withContext }: Asking,
  command: Command,
): Promise<void> {
  const { json, mes } = optionsOf(command, { mes: z.string().optional() });
  if (mes !== undefined) checkMes(mes);
  const tiendas = findVendedoras(undefined, readCatalogo());
  await withContext(async (context) => {
    const cobertura = await askDatabase(context, async (client): Promise<Cobertura> => {
      const momento = (await readDatabaseClock(client)).now();
      const asked = mes ?? diaAt(momento).slice(0, 7);
      const dias = diasOf(asked);
      const periodo = {
        tiendas: tiendas.map(({ id }) => id),
        desde: dias[0] ?? '',
        hasta: dias.at(-1) ?? '',
      };
      return {
        momento,
        mes: asked,
        tiendas: await readCalendar(client, tiendas, periodo.desde, periodo.hasta),
        faltan: findGaps(await readTramosQueFaltan(client, periodo)),
      };
    });
    printAnswer(cobertura, json, (answer) => renderCobertura(answer, context));
  });
}

function checkMes(text: string): void {
  if (/^20\d\d-(0[1-9]|1[0-2])$/.test(text)) return;
  const mes = diaAt(new Date()).slice(0, 7);
  throw new ConfiguracionInvalida([`--mes ${text}: no es un mes; escriba AAAA-MM, como ${mes}`]);
}

/** The calendar of these stores from one day to another. */
export async function readCalendar(
  client: Queryable,
  tiendas: readonly Tienda[],
  desde: string,
  hasta: string,
): Promise<FilaCalendario[]> {
  const ids = tiendas.map(({ id }) => id);
  const cobertura = await readCobertura(client, ids, desde, hasta);
  return tiendas.map(({ id, nombre }) => {
    const dias = cobertura.filter(({ tienda }) => tienda === id).toReversed();
    return { tienda: id, nombre, completos: dias.filter(({ estado }) => estado === 'completo').length, dias };
  });
}

/** One row for each store, one sign for each day, and what the signs mean. */
export function renderCalendar(rows: readonly FilaCalendario[], desde: string, hasta: string): string {
  const dias = diasBetween(desde, hasta);
  const table = renderTable<FilaCalendario>(
    [
      { title: 'Tienda', cell: ({ tienda, nombre }) => `${tienda} ${nombre}`, wraps: true },
      {
        title: headingOf(dias),
        cell: (row) => signsOf(dias, (dia) => row.dias.find((known) => known.dia === dia)?.estado),
      },
      {
        title: 'Completos',
        cell: (row) => (row.dias.length === 0 ? undefined : `${row.completos} de ${row.dias.length}`),
        right: true,
      },
    ],
    rows,
  );
  return `${table}${legend()}\n`;
}

/** The calendar of a month, and below it each gap with the command that closes it. */
function renderCobertura({ momento, mes, tiendas, faltan }: Cobertura, reader: Reader): string {
  const dias = diasOf(mes);
  const [desde, hasta] = [dias[0] ?? '', dias.at(-1) ?? ''];
  return [
    `Ventas de ${mes}, según la base el ${toHora(momento)}, hora de Caracas\n`,
    renderCalendar(tiendas, desde, hasta),
    ...(tiendas.every((tienda) => tienda.dias.length === 0)
      ? ['De este mes no se leyó nada\n']
      : faltan.flatMap((hueco) => renderHueco(hueco, tiendas.length, reader))),
  ].join('');
}

/** One gap: where, why, what to do about it, and the command that reads it now. */
function renderHueco(hueco: Gap, all: number, reader: Reader): string[] {
  const { tiendas, desde, hasta, horas, codigo, mensaje, tramos } = hueco;
  const cuando = [desde === hasta ? desde : `${desde} a ${hasta}`, ...horas].join(' ');
  const donde = tiendas.length === all && all > 1 ? 'todas las tiendas' : tiendas.join(', ');
  const named = tiendas.length === all ? [] : tiendas;
  const repair = loadCommand(reader, named, desde, hasta);
  if (codigo === null) {
    return [
      `\n${paint('yellow', '-')} ${wrapBehindMark(`${cuando}: sin leer entero, ${donde}`)}`,
      `  ${QUIEN_LEE}: ${repair}\n`,
    ];
  }
  const remedy = remedyOf(codigo, { tiendas, flujo: 'ventas', desde, hasta }, reader);
  const repeats = remedy.comandos.some(({ comando }) => comando === repair);
  return [
    `\n${paint('red', '✗')} ${wrapBehindMark(`${cuando}: ${codigo}, ${donde} (${countOf(tramos.length, 'tramo', 'tramos')})`)}`,
    mensaje === null ? '' : `  ${wrapBehindMark(mensaje)}`,
    `  ${renderRemedy(remedy)}\n`,
    repeats ? '' : `  Para leerlo ahora: ${repair}\n`,
  ];
}

const loadCommand = (reader: Reader, tiendas: readonly string[], desde: string, hasta: string): string =>
  orderOf(
    reader.place,
    'ventas',
    ...(tiendas.length === 0 ? [] : ['--tiendas', ...tiendas]),
    '--desde',
    desde,
    '--hasta',
    hasta,
  );
