import type { Command } from 'commander';
import { z } from 'zod';
import { withJson } from './command.ts';

const RunFlagsSchema = z.object({
  dryRun: z.boolean().default(false),
  tiendas: z.array(z.string()).optional(),
  forzar: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** Flags of a run, the same for `local` and `etl`. */
export type RunFlags = z.infer<typeof RunFlagsSchema>;

/** Adds the flags of a run to a program. */
export const withRunFlags = (program: Command): Command =>
  withJson(
    program
      .option('--dry-run', 'extrae, transforma y valida; no escribe nada')
      .option('--tiendas <id...>', 'solo estas tiendas; sin la opción, todas las activas')
      .option('--forzar', 'acepta un inventario sospechoso de las tiendas nombradas'),
  );

/** The flags of a run that a parsed program was given. */
export const runFlags = (program: Command): RunFlags => RunFlagsSchema.parse(program.opts());
