// No grouping: a separator of thousands could be read as a decimal point.
const decimal = new Intl.NumberFormat('es-VE', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  useGrouping: false,
});

/** A number with one decimal and a comma, such as `28,5`. */
export const toDecimal = (value: number): string => decimal.format(value);

/** A size in megabytes, such as `28,5 MB`. */
export const toMegabytes = (bytes: number): string => `${toDecimal(bytes / 1e6)} MB`;

/** The time zone of the stores. Times are stored in UTC and shown in this zone. */
export const ZONA = 'America/Caracas';

// Swedish dates have the form of ISO 8601.
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONA, dateStyle: 'short', timeStyle: 'short' });

/** A moment as the clock of the stores shows it, such as `2026-11-24 08:30`. */
export const toHora = (date: Date): string => clock.format(date);
