import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { DIST } from './fake-site.ts';

const KB = 1_000;
const MAX_SCRIPT = 35 * KB;
const MAX_STYLE = 10 * KB;

/** What the first load brings: what index.html names, and what those scripts import at once. */
async function firstLoad(): Promise<readonly string[]> {
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

const gzipped = async (files: readonly string[]): Promise<number> => {
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(join(DIST, file))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
};

describe('the built page', () => {
  it('needs at most 35 kB of JavaScript and 10 kB of CSS, gzip, to open', async () => {
    const files = await firstLoad();
    const scripts = files.filter((file) => file.endsWith('.js'));
    const styles = files.filter((file) => file.endsWith('.css'));
    expect(scripts.length).toBeGreaterThan(0);
    expect(styles.length).toBeGreaterThan(0);
    expect(await gzipped(scripts)).toBeLessThanOrEqual(MAX_SCRIPT);
    expect(await gzipped(styles)).toBeLessThanOrEqual(MAX_STYLE);
  });

  it('loads the chart library only when a chart is drawn', async () => {
    const all = await readdir(join(DIST, 'assets'));
    const later = all.filter((file) => file.startsWith('draw-chart'));
    expect(later).toHaveLength(2);
    expect(await firstLoad()).not.toEqual(expect.arrayContaining(later.map((file) => `assets/${file}`)));
  });

  it('has nothing inline: no script, no style, no handler', async () => {
    const html = await readFile(join(DIST, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|\sstyle=|javascript:/i);
  });
});
