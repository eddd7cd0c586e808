import * as schemas from './env-schemas.ts';
import { suggest } from './suggest.ts';

/** Variables that only this project gives a meaning to. */
const OURS = /^(KLK|ETL|POSTGRES|TIENDAS|DB)_/;

/** What any of the programs reads: one environment may serve several of them. */
const KNOWN = Object.values(schemas).flatMap(({ shape }) =>
  Object.keys(shape).filter((name) => OURS.test(name)),
);

/** Variables that look like ours and that nobody reads, each as a Spanish sentence with the nearest name: probably a misspelt limit. */
export const describeUnknownVariables = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(env)
    .filter((name) => OURS.test(name) && !KNOWN.includes(name))
    .sort()
    .map((name) => `la variable ${name} no existe y se ignora; ${suggest(name, KNOWN)}`);
