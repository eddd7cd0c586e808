import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from './fake-site.ts';

/** What the first load brings: what index.html names, and what those scripts import at once. */
export async function firstLoad(): Promise<readonly string[]> {
  const files = new Set(
    [...(await readFile(join(DIST, 'index.html'), 'utf8')).matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(
      ([, file = '']) => file,
    ),
  );
  for (const file of files) {
    if (!file.endsWith('.js')) continue;
    for (const [, imported = ''] of (await readFile(join(DIST, file), 'utf8')).matchAll(
      /(?:^|[;}])import(?:[^"'();]*?from)?["']\.\/([^"']+)["']/g,
    )) {
      files.add(`assets/${imported}`);
    }
  }
  return [...files];
}

/** Bytes of these files, gzip. */
export const gzipped = async (files: readonly string[]): Promise<number> => {
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(join(DIST, file))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};
