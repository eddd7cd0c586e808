import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../local/postgres/postmaster.ts';

/** The folders of runs are named by it and by the process that made them. */
const PREFIX = 'inventario-klk-pruebas-';

let folder: string | undefined;

/**
 * Makes the temporary folder of this test run, once, and removes those of runs that were killed. The tests, and every process that they
 * start, use it as the system's temporary folder, so that everything they leave behind is removed when jest ends.
 */
export function openRunFolder(): string {
  if (folder !== undefined) return folder;
  const system = tmpdir();
  for (const name of readdirSync(system)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    // A PostgreSQL that outlived its run ends by itself once its folder is gone.
    rmSync(join(system, name), { recursive: true, force: true });
  }
  folder = mkdtempSync(join(system, `${PREFIX}${process.pid}-`));
  // The account that PostgreSQL runs as passes through.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  process.once('exit', removeFolder);
  return folder;
}

function removeFolder(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
