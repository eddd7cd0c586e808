import type * as guarded from '../../lambdas/inventario-klk/transform/guards.ts';

/** Believes any share of bad rows. */
export const findBadRows: typeof guarded.findBadRows = () => undefined;

/** Suspects nothing. */
export const findSuspicions: typeof guarded.findSuspicions = () => [];
