import { createStore, useStore } from './store.ts';

const TICK_MS = 30_000;

const now = createStore(Date.now());
setInterval(() => {
  now.set(Date.now());
}, TICK_MS);

/** Data are late after so long: they are loaded every 30 minutes. */
export const LATE_MS = 2 * 3_600_000;

/** The time in milliseconds since 1970, updated every half minute, which is enough for `hace 12 min`. */
export const useNow = (): number => useStore(now);
