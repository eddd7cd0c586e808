import * as schemas from './env-schemas.ts';
import { suggest } from './suggest.ts';

/** Variables that only this project gives a meaning to. */
const OURS = /^(KLK|ETL|POSTGRES|TIENDAS|DB)_/;

/** What any of the programs reads: one environment may serve several of them. */
const KNOWN = [...new Set(Object.values(schemas).flatMap(({ shape }) => Object.keys(shape)))];

/** Variables that look like ours and that nobody reads, each as a Spanish sentence with the nearest name: probably a misspelt limit. */
export const describeUnknownVariables = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(env)
    .filter((name) => OURS.test(name) && !KNOWN.includes(name))
    .sort()
    .map((name) => `la variable ${name} no existe y se ignora; ${suggestVariable(name)}`);

/** A name that was cut short is nearer to its whole than the letters between them say. */
function suggestVariable(name: string): string {
  const [prefix] = OURS.exec(name) ?? [''];
  const family = KNOWN.filter((known) => known.startsWith(prefix));
  const whole = family.find((known) => known.startsWith(name));
  return whole === undefined ? suggest(name, family) : `¿quiso decir ${whole}?`;
}
