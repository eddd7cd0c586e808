import type { Command } from 'commander';
import { z } from 'zod';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';

/** The option of every command that answers something. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'la salida estándar lleva solo la respuesta, en JSON');

/** Adds the flags of a run to a program. */
export const withRunFlags = (program: Command): Command =>
  withJson(
    program
      .option('--dry-run', 'extrae, transforma y valida; no escribe nada')
      .option('--tiendas <id...>', 'solo estas tiendas; sin la opción, todas las activas')
      .option('--solo-fallidas', 'solo las tiendas cuyo último intento no cargó')
      .option('--forzar', 'acepta un inventario sospechoso de las tiendas nombradas'),
  );

const RunFlagsSchema = z.object({
  dryRun: z.boolean().default(false),
  tiendas: z.array(z.string()).optional(),
  forzar: z.boolean().default(false),
  soloFallidas: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** The days of a run of sales. */
const withDias = (program: Command): Command =>
  program
    .option('--desde <dia>', 'ventas de este día en adelante, AAAA-MM-DD')
    .option('--hasta <dia>', 'ventas hasta este día; sin la opción, hasta hoy');

/** Adds the flags of a run of sales to a program. */
export const withVentasFlags = (program: Command): Command =>
  withJson(
    withDias(
      program
        .option('--dry-run', 'pregunta a KLK, transforma y valida; no escribe nada')
        .option('--tiendas <id...>', 'solo estas tiendas; sin la opción, todas las que venden'),
    ).option('--forzar', 'acepta ventas sospechosas de las tiendas y los días nombrados'),
  );

/** Adds the flags of `local`, which loads the inventory and the sales. */
export const withLocalFlags = (program: Command): Command => withDias(withRunFlags(program));

const DiasSchema = { desde: z.string().optional(), hasta: z.string().optional() };

const VentasFlagsSchema = z.object({
  dryRun: z.boolean().default(false),
  tiendas: z.array(z.string()).optional(),
  ...DiasSchema,
  forzar: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** Flags of a run of sales. */
export type VentasFlags = z.infer<typeof VentasFlagsSchema>;

/** The flags of a run of sales that a parsed program was given. */
export const ventasFlags = (program: Command): VentasFlags => VentasFlagsSchema.parse(program.opts());

/** Flags of a run, the same for `local` and `etl`. */
export type RunFlags = z.infer<typeof RunFlagsSchema>;

/** What flags ask of a run. */
export type AskedFlags = Omit<RunFlags, 'soloFallidas' | 'json'>;

/**
 * The flags of a run that a parsed program was given.
 * @throws ConfiguracionInvalida for those that do not go together.
 */
export function runFlags(program: Command): RunFlags {
  const flags = RunFlagsSchema.parse(program.opts());
  const problemas = flags.soloFallidas ? findContradictions(flags, program.name()) : [];
  if (problemas.length > 0) throw new ConfiguracionInvalida(problemas);
  return flags;
}

/** What `local` is asked for: the requests of the two pipelines, each undefined when it is not to run. */
export interface LocalFlags extends Pick<RunFlags, 'dryRun' | 'soloFallidas' | 'json'> {
  readonly inventario: AskedFlags | undefined;
  readonly ventas: Omit<VentasFlags, 'json'> | undefined;
}

/**
 * The flags of `local`. With days only the sales run; with `--solo-fallidas`, or with `--forzar` and no days, only the inventory.
 * @throws ConfiguracionInvalida for those that do not go together.
 */
export function localFlags(program: Command): LocalFlags {
  const { json, soloFallidas, ...request } = runFlags(program);
  const { desde, hasta } = z.object(DiasSchema).parse(program.opts());
  const conDias = desde !== undefined || hasta !== undefined;
  if (conDias && soloFallidas) {
    throw new ConfiguracionInvalida([
      '--solo-fallidas es del inventario, y --desde y --hasta, de las ventas',
    ]);
  }
  return {
    json,
    soloFallidas,
    dryRun: request.dryRun,
    inventario: conDias ? undefined : request,
    ventas:
      soloFallidas || (request.forzar && !conDias)
        ? undefined
        : { ...request, ...(desde !== undefined && { desde }), ...(hasta !== undefined && { hasta }) },
  };
}

const findContradictions = ({ dryRun, tiendas, forzar }: RunFlags, program: string): string[] => [
  ...(dryRun ? ['--solo-fallidas y --dry-run no van juntas: una simulación no lee la base'] : []),
  ...(tiendas === undefined ? [] : ['--solo-fallidas y --tiendas no van juntas: elija una de las dos']),
  ...(forzar
    ? [
        `--solo-fallidas y --forzar no van juntas: hay que nombrar cada tienda, ${program} --tiendas ID --forzar; las que fallaron las dice ${program} estado`,
      ]
    : []),
];

/** The option that every command has. */
const GeneralOptionsSchema = z.object({ json: z.boolean().default(false) });

/**
 * A subcommand's options; `--json` may stand before or after its name.
 * @throws ConfiguracionInvalida for an option of the program that the subcommand does not have.
 */
export function optionsOf<T extends z.ZodRawShape>(
  command: Command,
  shape: T,
): z.infer<z.ZodObject<T>> & { readonly json: boolean } {
  const given = command.parent?.opts() ?? {};
  const strays = Object.keys(given).filter((name) => name !== 'json' && name !== 'detalle');
  if (strays.length > 0) {
    const flags = command.parent?.options.filter((option) => strays.includes(option.attributeName())) ?? [];
    throw new ConfiguracionInvalida([
      `${flags.map(({ long }) => long).join(', ')} no va con el comando ${command.name()}`,
    ]);
  }
  return {
    ...GeneralOptionsSchema.parse(command.optsWithGlobals()),
    ...z.object(shape).parse(command.opts()),
  };
}

/** Every flag of the programs. npm turns a flag given before `--` into a variable of that name. */
const FLAGS = [
  'dry-run',
  'tiendas',
  'forzar',
  'solo-fallidas',
  'json',
  'falla',
  'tienda',
  'desde',
  'hasta',
  'dia',
  'mes',
  'flujo',
  'csv',
  'salida',
  'detalle',
  'puerto',
] as const;

/** Flags that take a value. npm passes `--tiendas=` as an empty value, which would mean all stores if it were not refused. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  'tiendas',
  'falla',
  'tienda',
  'desde',
  'hasta',
  'dia',
  'mes',
  'flujo',
  'salida',
  'puerto',
]);

/** The letters of a flag, so that `--dryrun` is recognized as `--dry-run`. */
const letters = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

/**
 * Refuses flags that npm took for its own: `npm run etl --dry-run` would lose the flag and load for real.
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
