import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Where Debian's package puts it. */
const DEBIAN = '/usr/bin/chromium';

/**
 * The browser to test with: `CHROMIUM_BIN`, or the system's. Undefined when there is none.
 * @throws Error when `CHROMIUM_BIN` names a file that does not exist.
 */
export function findChromium(): string | undefined {
  const chosen = process.env['CHROMIUM_BIN'];
  if (chosen !== undefined && !existsSync(chosen)) throw new Error(`CHROMIUM_BIN: ${chosen} does not exist`);
  return chosen ?? (existsSync(DEBIAN) ? DEBIAN : undefined);
}

/** What a title says where there is no browser. */
export const unlessChromium = (executable: string | undefined): string =>
  executable === undefined ? ", skipped: there is no Chromium; install Debian's or set CHROMIUM_BIN" : '';

/** Starts a headless browser. */
export const startBrowser = (executablePath: string): Promise<Browser> =>
  // Chromium refuses its own sandbox to root, and needs none for a page that the test itself wrote.
  chromium.launch({ executablePath, args: ['--no-sandbox'] });
