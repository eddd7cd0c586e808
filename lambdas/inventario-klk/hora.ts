/** Where the stores are. Times are kept in UTC, and shown to people as their own clocks show them. */
export const ZONA = 'America/Caracas';

// Swedish writes dates as ISO 8601 does, which sorts and is never taken for month first.
const format = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONA, dateStyle: 'short', timeStyle: 'short' });

/** A moment as the clock of the stores shows it, such as `2026-11-24 08:30`. */
export const toHora = (date: Date): string => format.format(date);
