import { ERRORES, isCodigoError } from '../../lambdas/core/errors/codes.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { remedyFor } from '../../lambdas/core/run/remedy.ts';
import type { Asked, Place } from '../../lambdas/core/run/remedy.ts';

const CODIGOS = Object.keys(ERRORES).filter(isCodigoError);

/** One store, several, and none, loaded, and as a dry run; a forced store; a question. */
const ALL_ASKED: readonly Asked[] = [
  ...[['tienda_17'], ['tienda_01', 'tienda_17'], []].flatMap((tiendas) =>
    [false, true].map((dryRun) => ({ tiendas, dryRun, forzar: false })),
  ),
  { tiendas: ['tienda_17'], dryRun: false, forzar: true },
  { words: ['estado'] },
];

/** Every command that the remedies of all codes of the inventory name at a place. */
export const allCommands = (place: Place, all = ALL_ASKED): string[] =>
  commandsOf(
    CODIGOS.filter((codigo) => !('flujo' in ERRORES[codigo])),
    place,
    all,
  );

/** Every command that the remedies of all codes name for the sales of a day at a place. */
export function allVentasCommands(place: Place, dia: string): string[] {
  const due = { flujo: 'ventas', tiendas: ['tienda_17'], dryRun: false, forzar: false } as const;
  const asked = { ...due, desde: dia, hasta: dia };
  const all: Asked[] = [due, asked, { ...asked, tiendas: [] }, { ...asked, dryRun: true }];
  return commandsOf(CODIGOS, place, [...all, { words: ['estado'], flujo: 'ventas' }]);
}

function commandsOf(codigos: readonly CodigoError[], place: Place, all: readonly Asked[]): string[] {
  const commands = codigos.flatMap((codigo) =>
    all.flatMap((each) => remedyFor(codigo, each, place).comandos.map(({ comando }) => comando)),
  );
  return [...new Set(commands)].toSorted();
}

/** The commands in what a person is shown: each ends its line. */
export const commandsIn = (text: string): string[] =>
  [...text.matchAll(/: ((?:npm run|aws lambda) .+)$/gm)].map(([, comando = '']) => comando);
