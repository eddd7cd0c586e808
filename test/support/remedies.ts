import { ERRORES } from '../../lambdas/shared/errors.ts';
import type { CodigoError } from '../../lambdas/shared/errors.ts';

const isCodigo = (name: string): name is CodigoError => Object.hasOwn(ERRORES, name);

/** Every error code. */
export const CODIGOS: readonly CodigoError[] = Object.keys(ERRORES).filter(isCodigo);
