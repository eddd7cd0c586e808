import type { EstadoDia } from '../../lambdas/ventas-klk/questions/read-cobertura.ts';
import { addDias } from '../../lambdas/core/time/dia.ts';
import { paint } from './terminal.ts';

/** The sign of each state, its colour, and what the legend says of it. */
const SIGNOS = {
  completo: { signo: '■', colour: 'green', leyenda: 'completo' },
  provisional: { signo: '□', colour: 'cyan', leyenda: 'provisional: leído, todavía puede cambiar' },
  falta: { signo: '-', colour: 'yellow', leyenda: 'falta' },
  fallido: { signo: '✗', colour: 'red', leyenda: 'fallido' },
} as const satisfies Readonly<Record<EstadoDia, unknown>>;

/** A day that nobody wants: it has not come yet, or lies before the first one wanted. */
const NADA = ' ';

/** The signs of a calendar and their meaning, in one line. */
export const legend = (): string =>
  Object.values(SIGNOS)
    .map(({ signo, colour, leyenda }) => `${paint(colour, signo)} ${leyenda}`)
    .join('   ');

/** The days from one to another, both included. */
export function diasBetween(desde: string, hasta: string): string[] {
  const dias: string[] = [];
  for (let dia = desde; dia <= hasta; dia = addDias(dia, 1)) dias.push(dia);
  return dias;
}

/** This day if it is a Monday, else the Monday before it. */
export function mondayBefore(dia: string): string {
  let monday = dia;
  while (!isMonday(monday)) monday = addDias(monday, -1);
  return monday;
}

/** The days of a month (`2026-11`), in order. */
export function diasOf(mes: string): string[] {
  const dias: string[] = [];
  for (let dia = `${mes}-01`; dia.startsWith(mes); dia = addDias(dia, 1)) dias.push(dia);
  return dias;
}

/** The days in groups that end on Sundays, so that weeks can be told apart. */
export function weeksOf(dias: readonly string[]): string[][] {
  const weeks: string[][] = [];
  for (const dia of dias) {
    const week = weeks.at(-1);
    if (week === undefined || isMonday(dia)) weeks.push([dia]);
    else week.push(dia);
  }
  return weeks;
}

const isMonday = (dia: string): boolean => new Date(`${dia}T00:00Z`).getUTCDay() === 1;

/** The heading of a calendar: the first day of each week above it. */
export const headingOf = (dias: readonly string[]): string =>
  weeksOf(dias)
    .map((week) => String(Number(week[0]?.slice(-2))).padEnd(week.length))
    .join(' ')
    .trimEnd();

/** One sign for each day, with a gap before each Monday. */
export const signsOf = (dias: readonly string[], estadoOf: (dia: string) => EstadoDia | undefined): string =>
  weeksOf(dias)
    .map((week) =>
      week
        .map((dia) => {
          const estado = estadoOf(dia);
          return estado === undefined ? NADA : paint(SIGNOS[estado].colour, SIGNOS[estado].signo);
        })
        .join(''),
    )
    .join(' ');
