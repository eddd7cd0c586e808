import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { findChromium, startBrowser } from '../../test/support/chromium.ts';
import { startFakeSite } from '../../test/web/fake-site.ts';
import { firstLoad, gzipped } from '../../test/web/first-load.ts';
import buildPage from '../../test/web/global-setup.ts';
import { toTargets } from '../report.ts';
import { atMost } from '../target.ts';

/** The processor is slowed so many times. */
const SLOWED = 4;
const RUNS = 5;
const KB = 1_000;
const ROWS = 100;
const WIDTHS = [1280, 400];
const PAGES = [
  '/',
  '/existencias',
  '/faltantes',
  '/ventas',
  '/articulo/000123?tienda=tienda_20',
  '/descuadres',
  '/datos',
];
/** After this time a page has loaded everything. */
const SETTLED_MS = 2_000;

const Timing = z.object({ interactive: z.number(), rows: z.number().nullable(), shift: z.number() });
type Timing = z.infer<typeof Timing>;

/** Notes when the frame of the page has been drawn and takes input, when its rows have been drawn, and what was moved meanwhile. */
const OBSERVE = `
  sessionStorage.setItem('token', 'entrado');
  globalThis.timing = { shift: 0 };
  const drawn = (name) => requestAnimationFrame(() => setTimeout(() => { timing[name] ??= performance.now(); }));
  new MutationObserver(() => {
    if (document.querySelector('main h1')) drawn('interactive');
    if (document.querySelectorAll('tbody tr').length >= ${ROWS}) drawn('rows');
  }).observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) timing.shift += value;
  }).observe({ type: 'layout-shift', buffered: true });`;

/** Rows are counted from the moment at which their answer is there. */
const READ = `(() => {
  const answer = performance.getEntriesByType('resource').findLast(({ name }) => name.includes('/api/existencias'));
  return { ...timing, rows: timing.rows === undefined || !answer ? null : timing.rows - answer.responseEnd };
})()`;

/**
 * The size of the page's first load, and how fast it is in Chromium on a slowed processor, with an API that answers at once. Markdown.
 * @throws Error when there is no Chromium
 */
export async function measurePage(): Promise<string> {
  const executable = findChromium();
  if (executable === undefined) throw new Error("There is no Chromium: install Debian's or set CHROMIUM_BIN");
  buildPage();
  const files = await firstLoad();
  const sizeOf = (extension: string): Promise<number> =>
    gzipped(files.filter((file) => file.endsWith(extension)));
  const [scripts, styles] = await Promise.all([sizeOf('.js'), sizeOf('.css')]);
  const site = await startFakeSite();
  const browser = await startBrowser(executable);
  try {
    const open = (address: string, width = WIDTHS[0]): Promise<Timing> =>
      timingOf(browser, site.url + address, width);
    const interactive: number[] = [];
    const rows: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      interactive.push((await open('/')).interactive);
      rows.push((await open('/existencias')).rows ?? Infinity);
    }
    const shifts: number[] = [];
    for (const width of WIDTHS) for (const page of PAGES) shifts.push((await open(page, width)).shift);
    return toTargets([
      atMost('JavaScript of the first load at most 35 kB, gzip', scripts / KB, 35, ' kB'),
      atMost('CSS of the first load at most 10 kB, gzip', styles / KB, 10, ' kB'),
      atMost(
        `takes input after at most 1 s, processor slowed ${SLOWED} x`,
        median(interactive),
        1_000,
        ' ms',
      ),
      atMost(`${ROWS} rows drawn in at most 400 ms, processor slowed ${SLOWED} x`, median(rows), 400, ' ms'),
      atMost('no layout shift, on any page at any width', Math.max(...shifts), 0),
    ]);
  } finally {
    await browser.close();
    await site.close();
  }
}

async function timingOf(browser: Browser, address: string, width = 1280): Promise<Timing> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, serviceWorkers: 'block' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  await page.addInitScript(OBSERVE);
  await page.goto(address);
  await page.waitForTimeout(SETTLED_MS);
  const timing = Timing.parse(await page.evaluate(READ));
  await context.close();
  return timing;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
