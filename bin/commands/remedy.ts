import { ERRORES } from '../../lambdas/shared/errors.ts';

/** What to do about an error code read from a table; an older version may have written one that is gone. */
export const remedyOf = (codigo: string): string =>
  Object.entries(ERRORES).find(([known]) => known === codigo)?.[1].remedio ?? 'Mire docs/errores.md.';
