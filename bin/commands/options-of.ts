import type { Command } from 'commander';
import { z } from 'zod';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';

/** What every command understands. */
const GeneralOptionsSchema = z.object({ json: z.boolean().default(false) });

/**
 * A subcommand's options, `--json` among them wherever it stood.
 * @throws ConfiguracionInvalida for options of the program that mean nothing to the subcommand.
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
