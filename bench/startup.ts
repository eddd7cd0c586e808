import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { synthesizeDesarrollo } from '../test/integration/bundles.ts';
import { median } from './case.ts';
import { format, atMost } from './target.ts';
import { toTargets } from './report.ts';

const IMPORTS = 7;

const COMMANDS = 10;

/** Imports the Lambda's bundle, as `cdk deploy` would upload it, in fresh processes; and starts a command. */
export async function measureStartup(): Promise<string> {
  const stage = await synthesizeDesarrollo();
  try {
    const file = join(stage.inventario.asset, 'index.mjs');
    const times: number[] = [];
    for (let i = 0; i < IMPORTS; i += 1) times.push(await importMs(file, stage.inventario.variables));
    const commands: number[] = [];
    for (let i = 0; i < COMMANDS; i += 1) commands.push(await commandMs());
    const { size } = await stat(file);
    return `${toTargets([
      atMost('bundle imported in less than 400 ms', median(times), 400, ' ms'),
      atMost('`npm run -s etl -- ayuda` in less than 500 ms', median(commands), 500, ' ms'),
    ])}\n\nThe bundle has ${format(size / 1e6)} MB.`;
  } finally {
    await stage.remove();
  }
}

async function commandMs(): Promise<number> {
  const start = performance.now();
  await promisify(execFile)('npm', ['run', '-s', 'etl', '--', 'ayuda']);
  return performance.now() - start;
}

async function importMs(file: string, variables: Readonly<Record<string, string>>): Promise<number> {
  const program = `const start = performance.now(); await import(process.argv[1]); process.stdout.write(String(performance.now() - start)); process.exit()`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program, file],
    { env: { ...variables, AWS_REGION: 'us-east-1' } },
  );
  return Number(stdout);
}
