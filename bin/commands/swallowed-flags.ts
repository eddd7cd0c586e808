import { ConfiguracionInvalida } from '../../lambdas/inventario-klk/refusals.ts';

/** Our flags, and the variable in which npm leaves the ones given without the `--`. */
const FLAGS = ['dry-run', 'tiendas', 'forzar', 'json', 'falla'] as const;

/**
 * Refuses flags that npm took for its own: `npm run etl --dry-run` reaches us without the flag and would load for real.
 * @throws ConfiguracionInvalida
 */
export function refuseSwallowedFlags(
  command: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  const swallowed = FLAGS.filter((flag) => {
    const value = env[`npm_config_${flag.replace('-', '_')}`];
    return value !== undefined && value !== '' && value !== 'false' && !argv.includes(`--${flag}`);
  });
  if (swallowed.length === 0) return;
  throw new ConfiguracionInvalida(
    swallowed.map((flag) => `npm se quedó con --${flag}: escriba npm run ${command} -- --${flag} ...`),
  );
}
