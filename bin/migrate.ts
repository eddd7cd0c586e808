import { createProgram, runProgram } from './commands/command.ts';
import { runCommand } from './commands/run-command.ts';

await runCommand('migrate', async (argv) => {
  const program = createProgram('migrate', 'Aplica las migraciones pendientes a PostgreSQL.');
  program.action(async () => {
    const { migrate } = await import('./commands/migrate.ts');
    await migrate();
  });
  await runProgram(program, argv);
});
