import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));

/** What a build makes, relative to `web/`. */
const DIST = 'dist';

/**
 * Builds the page with Vite, unless it is built and not older than its sources. Returns the folder of its files.
 * @throws Error of Vite when the sources do not build
 */
export async function buildWeb(dir: string = WEB): Promise<string> {
  const dist = join(dir, DIST);
  if (!(await isFresh(dir, dist))) {
    // Read only when needed: Vite takes half a second to load.
    const { build } = await import('vite');
    await build({ root: dir, configFile: join(dir, 'vite.config.ts'), logLevel: 'error' });
  }
  return dist;
}

async function isFresh(dir: string, dist: string): Promise<boolean> {
  const built = await stat(join(dist, 'index.html')).catch(() => undefined);
  if (built === undefined) return false;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || file.startsWith(join(dist, '/'))) continue;
    if ((await stat(file)).mtimeMs > built.mtimeMs) return false;
  }
  return true;
}
