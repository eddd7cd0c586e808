/** The stores' clocks against UTC, without summer time, since 2016-05-01. A test compares it with `ZONA`. */
export const DESFASE = '-04:00';

const DESFASE_MS = 4 * 3_600_000;

/** Milliseconds of a day of the stores. */
export const DIA_MS = 24 * 3_600_000;

/** The day (`YYYY-MM-DD`) that the calendar of the stores shows at a moment. */
export const diaAt = (momento: Date): string =>
  new Date(momento.getTime() - DESFASE_MS).toISOString().slice(0, 10);

/** Midnight in the stores, at which a day begins. */
export const startOfDia = (dia: string): Date => new Date(`${dia}T00:00:00${DESFASE}`);

/** The day so many days later, or earlier when `dias` is negative. */
export const addDias = (dia: string, dias: number): string =>
  new Date(Date.parse(`${dia}T00:00:00Z`) + dias * DIA_MS).toISOString().slice(0, 10);

/** Days from one to another, both included. */
export const countDias = (desde: string, hasta: string): number =>
  (startOfDia(hasta).getTime() - startOfDia(desde).getTime()) / DIA_MS + 1;

/** Whether a text is a day of the calendar, written `YYYY-MM-DD`. */
export function isDia(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes February 30 for March 2.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
