import { chmod, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './run-bin.ts';

/** A checkout of its own, with its own `.local`, so that `npm run local` runs as it is and touches nobody's data. */
export interface Checkout {
  readonly root: string;
  remove(): Promise<void>;
}

/** What the commands need of the project. */
const PARTS = ['bin', 'lambdas', 'local', 'migrations', 'package.json'];

/** Copies the working tree's code; the packages are shared. */
export async function createCheckout(): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-copia-'));
  // PostgreSQL does not run as root, and its own user must be able to enter.
  await chmod(folder, 0o755);
  const root = join(folder, 'inventario-klk');
  await mkdir(root);
  await Promise.all(PARTS.map((part) => cp(join(ROOT, part), join(root, part), { recursive: true })));
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return { root, remove: () => rm(folder, { recursive: true }) };
}
