import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DIST } from './fake-site.ts';
import { firstLoad, gzipped } from './first-load.ts';

const KB = 1_000;
const MAX_SCRIPT = 35 * KB;
const MAX_STYLE = 10 * KB;

describe('the built page', () => {
  it('opens with at most 35 kB of JavaScript and 10 kB of CSS, gzip', async () => {
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

  it('contains no path of the machine that built it', async () => {
    for (const file of await firstLoad()) {
      expect(await readFile(join(DIST, file), 'utf8')).not.toContain(process.cwd());
    }
  });

  it('has no inline script, style or handler', async () => {
    const html = await readFile(join(DIST, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|\sstyle=|javascript:/i);
  });
});
