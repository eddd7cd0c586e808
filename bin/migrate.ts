import { createProgram, runProgram } from './program/command.ts';
import { runCommand } from './program/run-command.ts';

await runCommand('migrate', async (argv) => {
  const program = createProgram('migrate', 'Aplica las migraciones pendientes a PostgreSQL.');
  program.action(async () => {
    const { migrate } = await import('./commands/migrate.ts');
    await migrate();
  });
  await runProgram(program, argv);
});
