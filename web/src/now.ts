import { createStore, useStore } from './store.ts';

const TICK_MS = 30_000;

const now = createStore(Date.now());
setInterval(() => {
  now.set(Date.now());
}, TICK_MS);

/** The time, to half a minute: enough for `hace 12 min`. Milliseconds since 1970. */
export const useNow = (): number => useStore(now);
