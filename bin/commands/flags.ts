import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { ConfiguracionInvalida } from '../../lambdas/inventario-klk/refusals.ts';

/** Flags of a run, the same for `local` and `etl`. */
const RunFlagsSchema = z.object({
  dryRun: z.boolean().default(false),
  tiendas: z.array(z.string()).optional(),
  forzar: z.boolean().default(false),
  json: z.boolean().default(false),
});

export type RunFlags = z.infer<typeof RunFlagsSchema>;

/** Thrown after the help was printed: there is nothing to run. */
export class HelpShown extends Error {
  override readonly name = 'HelpShown';
}

/** The command of a run, `npm run <name> --`. */
export function createRunCommand(name: string, description: string): Command {
  return createCommand(name, description)
    .option('--dry-run', 'extrae, transforma y valida; no escribe nada')
    .option('--tiendas <id...>', 'solo estas tiendas; sin la opción, todas las activas')
    .option('--forzar', 'acepta un inventario sospechoso de las tiendas nombradas')
    .option('--json', 'la salida estándar lleva solo el resumen en JSON');
}

/** A command whose own output is Spanish and whose problems are thrown instead of printed. */
export function createCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .usage('[opciones]')
    .helpOption('-h, --help', 'muestra esta ayuda')
    .configureHelp({ styleTitle: (title) => TITLES[title] ?? title })
    .configureOutput({ writeErr: () => undefined })
    .allowExcessArguments(false)
    .exitOverride();
}

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': 'Uso:',
  'Options:': 'Opciones:',
  'Arguments:': 'Argumentos:',
};

/**
 * Parses a command's arguments into its options and arguments.
 * @throws ConfiguracionInvalida for what the command does not know; HelpShown after `--help`.
 */
export function parseCommand(command: Command, argv: readonly string[]): void {
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new HelpShown();
    throw new ConfiguracionInvalida([translate(error)]);
  }
}

/** The options of a parsed run command. */
export const runFlags = (command: Command): RunFlags => RunFlagsSchema.parse(command.opts());

function translate({ code, message }: CommanderError): string {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  const suggestion = /Did you mean ([^?]*)\?/.exec(message)?.[1];
  const hint = suggestion === undefined ? '; --help lista las opciones' : `; ¿quiso decir ${suggestion}?`;
  switch (code) {
    case 'commander.unknownOption':
      return `opción desconocida: ${quoted}${hint}`;
    case 'commander.optionMissingArgument':
      return `a la opción ${quoted} le falta su valor`;
    case 'commander.invalidArgument':
      return `argumento desconocido: ${quoted}; ¿falta el -- de npm run <orden> -- ...?${hint}`;
    case 'commander.excessArguments':
      return `argumentos que sobran; ¿falta el -- de npm run <orden> -- ...?${hint}`;
    default:
      return message;
  }
}
