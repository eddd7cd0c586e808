import { Command, CommanderError } from 'commander';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { suggest } from '../../lambdas/core/config/suggest.ts';

/** Thrown after the help was printed, so that nothing runs. */
export class HelpShown extends Error {
  override readonly name = 'HelpShown';
}

/** A program whose help is Spanish and whose problems are thrown instead of printed. */
export function createProgram(name: string, description: string): Command {
  const program = new Command(`npm run ${name} --`)
    .configureHelp({
      styleTitle: (title) => TITLES[title] ?? title,
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map((argument) => `[${argument.name()}]`)].join(' '),
    })
    .configureOutput({ writeErr: () => undefined })
    .helpOption('-h, --help', 'muestra esta ayuda')
    .helpCommand('ayuda [comando]', 'muestra la ayuda de un comando')
    .enablePositionalOptions()
    .exitOverride();
  return describe(program, description);
}

/** A subcommand of `program`; its options go after its name. */
export const addCommand = (program: Command, nameAndArgs: string, description: string): Command =>
  describe(program.usage('[comando] [opciones]').command(nameAndArgs), description);

const describe = (command: Command, description: string): Command =>
  command
    .description(description)
    .usage('[opciones]')
    .allowExcessArguments(false)
    .option('--detalle', 'si algo falla, muestra la traza completa');

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': 'Uso:',
  'Options:': 'Opciones:',
  'Commands:': 'Comandos:',
  'Arguments:': 'Argumentos:',
};

/**
 * Parses the arguments and runs what they ask for.
 * @throws ConfiguracionInvalida for what the program does not know; HelpShown after `--help`; whatever the action throws.
 */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) throw new HelpShown();
    throw new ConfiguracionInvalida([translate(error, program)]);
  }
}

function translate({ code, message }: CommanderError, program: Command): string {
  const [quoted = '', other = ''] = [...message.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);
  switch (code) {
    case 'commander.unknownOption': {
      const suggestion = /Did you mean ([^?]*)\?/.exec(message)?.[1];
      return `opción desconocida: ${quoted}${suggestion === undefined ? '; --help lista las opciones' : `; ¿quiso decir ${suggestion}?`}`;
    }
    case 'commander.optionMissingArgument':
      return `a la opción ${quoted} le falta su valor`;
    case 'commander.conflictingOption':
      return `${quoted} y ${other} no van juntas`;
    case 'commander.excessArguments':
      return describeExcess(program);
    default:
      return message;
  }
}

/** The message for words that the program does not take: an unknown command if it is the first word, else an extra argument. */
function describeExcess(program: Command): string {
  const comandos = program.commands.map((command) => command.name());
  const [word = ''] = program.args;
  if (comandos.length > 0 && !comandos.includes(word)) {
    return `comando desconocido: ${word}; ${suggest(word, comandos)}`;
  }
  const extra = comandos.length > 0 ? program.args.slice(1) : program.args;
  return `sobran argumentos: ${extra.join(' ')}; ¿falta el -- de npm run <comando> -- ...?`;
}
