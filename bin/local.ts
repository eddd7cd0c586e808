import type { Command } from 'commander';
import { addCommand, createProgram, runProgram } from './program/command.ts';
import { withLocalFlags } from './program/flags.ts';
import { addQuestions, addVentasQuestions } from './commands/questions.ts';
import { runCommand } from './program/run-command.ts';

await runCommand('local', async (argv) => {
  const program = withFaults(
    withLocalFlags(
      createProgram(
        'local',
        'Todo en esta máquina: PostgreSQL, un simulador de KLK y los Lambdas de verdad.',
      ),
    ),
  );
  program.action(async () => {
    const { load } = await import('./commands/local-load.ts');
    await load(program);
  });
  withFaults(
    addCommand(
      program,
      'servir',
      'mantiene en marcha la página, PostgreSQL y KLK, e imprime las variables para npm run etl y npm run ventas',
    ),
  )
    .option('--puerto <n>', 'puerto de la página; sin la opción, 4180')
    .action(async (_options, command: Command) => {
      const { serveLocally } = await import('./commands/serve.ts');
      await serveLocally(command);
    });
  addVentasQuestions(program, async () => (await import('./program/with-local.ts')).ASKING);
  addQuestions(program, async () => (await import('./program/with-local.ts')).ASKING);
  await runProgram(program, argv);
});

function withFaults(command: Command): Command {
  return command.option(
    '--falla <codigo=tipo...>',
    'falla del simulador para un almacén, para las ventas de una sucursal, o para todos con *=tipo',
  );
}
