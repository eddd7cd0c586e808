/** Days are those of Caracas, `YYYY-MM-DD`; moments are milliseconds since 1970. Caracas has no summer time. */
const DESFASE_MS = -4 * 3_600_000;
const DIA_MS = 86_400_000;

/** The moment at which a day begins. */
export const startOfDia = (dia: string): number => Date.parse(dia) - DESFASE_MS;

/** The day of a moment. */
export const toDia = (momento: number): string => new Date(momento + DESFASE_MS).toISOString().slice(0, 10);

/** The day so many days later, or earlier. */
export const addDias = (dia: string, dias: number): string => toDia(startOfDia(dia) + dias * DIA_MS);

/** Days since 1970-01-01, negative before it. */
export const numberOfDia = (dia: string): number => Date.parse(dia) / DIA_MS;

/** The days from `desde` to `hasta`, both included, the newest first; empty when `hasta` is before `desde`. */
export function listDias(desde: string, hasta: string): string[] {
  const length = Math.max(0, numberOfDia(hasta) - numberOfDia(desde) + 1);
  return Array.from({ length }, (_, index) => addDias(hasta, -index));
}
