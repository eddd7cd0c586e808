import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';

/** Our flags; npm leaves those given without the `--` in variables of these names. */
const FLAGS = [
  'dry-run',
  'tiendas',
  'forzar',
  'solo-fallidas',
  'json',
  'falla',
  'tienda',
  'desde',
  'csv',
  'salida',
  'detalle',
] as const;

/** Flags that take a value: `--tiendas=` with nothing behind it reaches npm as empty, and us as "all stores". */
const WITH_VALUE: ReadonlySet<string> = new Set(['tiendas', 'falla', 'tienda', 'desde', 'salida']);

/** Letters alone: `--dryrun` was meant for us as well, and npm takes that too. */
const letters = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

/**
 * Refuses flags that npm took for its own: `npm run etl --dry-run` reaches us without the flag and would load for real.
 * @throws ConfiguracionInvalida
 */
export function refuseSwallowedFlags(
  command: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  const config = Object.entries(env).filter(([name]) => name.startsWith('npm_config_'));
  const byLetters = new Map(
    config.map(([name, value]) => [letters(name.slice('npm_config_'.length)), value]),
  );
  const swallowed = FLAGS.filter((flag) => {
    const value = byLetters.get(letters(flag));
    const given = value !== undefined && value !== 'false' && (value !== '' || WITH_VALUE.has(flag));
    return given && !argv.includes(`--${flag}`);
  });
  if (swallowed.length === 0) return;
  throw new ConfiguracionInvalida(
    swallowed.map((flag) => `npm se quedó con --${flag}: escriba npm run ${command} -- --${flag} ...`),
  );
}
