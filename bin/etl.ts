import { createProgram, runProgram } from './program/command.ts';
import { runFlags, withRunFlags } from './program/flags.ts';
import { interruptible } from './program/interruption.ts';
import { addQuestions } from './commands/questions.ts';
import { runCommand } from './program/run-command.ts';

await runCommand('etl', async (argv) => {
  const program = withRunFlags(
    createProgram('etl', 'Lleva el inventario de KLK a PostgreSQL, con los sistemas reales.'),
  );
  program.action(() =>
    interruptible(async (interrupted) => {
      const { load } = await import('./commands/etl-load.ts');
      await load(runFlags(program), interrupted);
    }),
  );
  addQuestions(program, async () => (await import('./program/etl-asking.ts')).ASKING);
  await runProgram(program, argv);
});
