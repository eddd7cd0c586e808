import { createProgram, runProgram } from './program/command.ts';
import { ventasFlags, withVentasFlags } from './program/flags.ts';
import { interruptible } from './program/interruption.ts';
import { addQuestions, addVentasQuestions } from './commands/questions.ts';
import { runCommand } from './program/run-command.ts';

await runCommand('ventas', async (argv) => {
  const program = withVentasFlags(
    createProgram('ventas', 'Lleva las ventas de KLK a PostgreSQL, con los sistemas reales.'),
  );
  program.action(() =>
    interruptible(async (interrupted) => {
      const { load } = await import('./commands/ventas-load.ts');
      await load(ventasFlags(program), interrupted);
    }),
  );
  const reach = async () => (await import('./program/etl-asking.ts')).ASKING;
  addVentasQuestions(program, reach);
  addQuestions(program, reach);
  await runProgram(program, argv);
});
