// Grouped digits would read as decimals where both styles are known.
const decimal = new Intl.NumberFormat('es-VE', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  useGrouping: false,
});

/** A number with one decimal as people here write it, such as `28,5`. */
export const toDecimal = (value: number): string => decimal.format(value);

/** A size as people read it, such as `28,5 MB`. */
export const toMegabytes = (bytes: number): string => `${toDecimal(bytes / 1e6)} MB`;

/** Where the stores are. Times are kept in UTC, and shown to people as their own clocks show them. */
export const ZONA = 'America/Caracas';

// Swedish writes dates as ISO 8601 does, which sorts and is never taken for month first.
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONA, dateStyle: 'short', timeStyle: 'short' });

/** A moment as the clock of the stores shows it, such as `2026-11-24 08:30`. */
export const toHora = (date: Date): string => clock.format(date);
