import type { Command } from 'commander';
import { z } from 'zod';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';

const RunFlagsSchema = z.object({
  dryRun: z.boolean().default(false),
  tiendas: z.array(z.string()).optional(),
  forzar: z.boolean().default(false),
  soloFallidas: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** Flags of a run, the same for `local` and `etl`. */
export type RunFlags = z.infer<typeof RunFlagsSchema>;

/** What flags ask of a run. */
export type RunRequest = Omit<RunFlags, 'soloFallidas' | 'json'>;

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

const findContradictions = ({ dryRun, tiendas, forzar }: RunFlags, program: string): string[] => [
  ...(dryRun ? ['--solo-fallidas y --dry-run no van juntas: una simulación no lee la base'] : []),
  ...(tiendas === undefined ? [] : ['--solo-fallidas y --tiendas no van juntas: elija una de las dos']),
  ...(forzar
    ? [
        `--solo-fallidas y --forzar no van juntas: hay que nombrar cada tienda, ${program} --tiendas ID --forzar; las que fallaron las dice ${program} estado`,
      ]
    : []),
];
