import type { Asking } from '../commands/asking.ts';
import type { Reader } from '../commands/remedy.ts';

/** The program that makes a report: where its commands are typed, and what it calls who asked for a run. */
export interface Programa extends Reader, Pick<Asking, 'nameOrigen'> {}

/** A command of that program. Beside a Lambda, its database is asked with `etl`. */
export const orderOf = ({ place }: Programa, ...args: readonly string[]): string =>
  ['npm run', 'program' in place ? place.program : 'etl', ...(args.length === 0 ? [] : ['--', ...args])].join(
    ' ',
  );
