import { ERRORES } from '../../lambdas/core/errors/codes.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { remedyFor } from '../../lambdas/core/errors/remedy.ts';
import type { Place, Subject } from '../../lambdas/core/errors/remedy.ts';

const isCodigo = (name: string): name is CodigoError => Object.hasOwn(ERRORES, name);

/** Every error code. */
export const CODIGOS: readonly CodigoError[] = Object.keys(ERRORES).filter(isCodigo);

/** Whether only the sales pipeline reports a code. */
export const isOfVentas = (codigo: CodigoError): boolean => 'flujo' in ERRORES[codigo];

/** One store, several, and none, loaded, and as a dry run; a forced store; a question. */
const SUBJECTS: readonly Subject[] = [
  ...[['tienda_17'], ['tienda_01', 'tienda_17'], []].flatMap((tiendas) =>
    [false, true].map((dryRun) => ({ tiendas, dryRun, forzar: false })),
  ),
  { tiendas: ['tienda_17'], dryRun: false, forzar: true },
  { words: ['estado'] },
];

/** Every command that the remedies of all codes of the inventory name at a place. */
export function allCommands(place: Place, subjects = SUBJECTS): string[] {
  const commands = CODIGOS.filter((codigo) => !isOfVentas(codigo)).flatMap((codigo) =>
    subjects.flatMap((subject) => remedyFor(codigo, subject, place).comandos.map(({ comando }) => comando)),
  );
  return [...new Set(commands)].toSorted();
}

/** The commands in what a person is shown: each ends its line. */
export const commandsIn = (text: string): string[] =>
  [...text.matchAll(/: ((?:npm run|aws lambda) .+)$/gm)].map(([, comando = '']) => comando);
