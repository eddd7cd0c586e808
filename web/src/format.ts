/** Formats numbers, moments and days for Venezuela. Every time is Caracas time. */

const ZONA = 'America/Caracas';
const LOCALE = 'es-VE';

// By default Spanish groups digits only from 10.000 on; a column with 9.999 and 10.000 needs both grouped.
const grouped = (minimumFractionDigits: number, maximumFractionDigits: number): Intl.NumberFormat =>
  new Intl.NumberFormat(LOCALE, { minimumFractionDigits, maximumFractionDigits, useGrouping: 'always' });

const whole = grouped(0, 0);
const cents = grouped(2, 2);
const quantity = grouped(0, 3);
const oneDecimal = grouped(1, 1);
const signed = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});
const signedQuantity = new Intl.NumberFormat(LOCALE, {
  maximumFractionDigits: 3,
  signDisplay: 'exceptZero',
  useGrouping: 'always',
});

/** Shown in place of a number that does not exist. */
export const NO_VALUE = '–';

export const toWhole = (value: number): string => whole.format(value);
export const toCents = (value: number): string => cents.format(value);
export const toQuantity = (value: number): string => quantity.format(value);
export const toSignedQuantity = (value: number): string => signedQuantity.format(value);
export const toTenths = (value: number): string => oneDecimal.format(value);
export const toSignedPercent = (value: number): string => `${signed.format(value)} %`;

/** A count with its noun: `1 tienda`, `3 tiendas`. */
export const count = (value: number, one: string, several: string): string =>
  `${toWhole(value)} ${value === 1 ? one : several}`;

/** Hours in the two largest units: `3 d 4 h`. */
export function toDuration(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  if (hours < 48) return `${toWhole(Math.floor(hours))} h`;
  const days = Math.floor(hours / 24);
  const rest = Math.floor(hours - days * 24);
  return days >= 10 || rest === 0 ? `${days} d` : `${days} d ${rest} h`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long ago a moment was, in words: `hace 12 min`. */
export function toAgo(moment: number, now: number): string {
  const ago = now - moment;
  if (ago < MINUTE_MS) return 'hace un momento';
  if (ago < HOUR_MS) return `hace ${Math.floor(ago / MINUTE_MS)} min`;
  if (ago < 48 * HOUR_MS) return `hace ${Math.floor(ago / HOUR_MS)} h`;
  return `hace ${Math.floor(ago / HOUR_MS / 24)} días`;
}

const exact = new Intl.DateTimeFormat(LOCALE, {
  timeZone: ZONA,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const clock = new Intl.DateTimeFormat(LOCALE, {
  timeZone: ZONA,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
// Swedish dates have the form of ISO 8601.
const isoDay = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONA, dateStyle: 'short' });

/** `domingo, 29 de noviembre de 2026, 10:32:05, hora de Caracas` */
export const toExact = (moment: number): string => `${exact.format(moment)}, hora de Caracas`;

/** `10:32` */
export const toClock = (moment: number): string => clock.format(moment);

/** `dom, 29 nov, 10:32` */
export const toDayAndTime = (moment: number): string => `${toDay(toDia(moment))}, ${toClock(moment)}`;

/** The moment from which something is: `de las 10:32`, or `del 28 nov, 10:32` if that is not today. */
export function toFrom(moment: number, now: number): string {
  const time = toClock(moment);
  return toDia(moment) === toDia(now) ? `de las ${time}` : `del ${toShortDay(toDia(moment))}, ${time}`;
}

/** The day of the stores at a moment, `2026-11-29`. */
export const toDia = (moment: number): string => isoDay.format(moment);

/** A day so many days later. */
export function addDias(dia: string, days: number): string {
  return new Date(Date.parse(`${dia}T00:00:00Z`) + days * 24 * HOUR_MS).toISOString().slice(0, 10);
}

const dayFormat = (options: Intl.DateTimeFormatOptions): ((dia: string) => string) => {
  const format = new Intl.DateTimeFormat(LOCALE, { timeZone: 'UTC', ...options });
  return (dia) => format.format(Date.parse(`${dia}T00:00:00Z`)).replaceAll('.', '');
};

/** A day without its year, unless it is of another year than today. */
const shortFormat = (options: Intl.DateTimeFormatOptions): ((dia: string) => string) => {
  const format = dayFormat(options);
  return (dia) => {
    const year = dia.slice(0, 4);
    return year === toDia(Date.now()).slice(0, 4) ? format(dia) : `${format(dia)} ${year}`;
  };
};

const SHORT = { day: 'numeric', month: 'short' } as const;

/** `29 nov`, or `29 nov 2025` */
export const toShortDay = shortFormat(SHORT);
/** `dom, 29 nov` */
export const toDay = shortFormat({ weekday: 'short', ...SHORT });
/** `29 nov` of any year, where there is no room for more. */
export const toDayOfYear = dayFormat(SHORT);
/** `noviembre de 2026`; of any day of the month. */
export const toMonth = dayFormat({ month: 'long', year: 'numeric' });

/** A period in words; one day is named alone. */
export const toPeriod = (desde: string, hasta: string): string =>
  desde === hasta ? toDay(desde) : `del ${toShortDay(desde)} al ${toShortDay(hasta)}`;
