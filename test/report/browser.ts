import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

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

/** Starts a headless browser. */
export const startBrowser = (executablePath: string): Promise<Browser> =>
  // Chromium refuses its own sandbox to root, and needs none for a page that the test itself wrote.
  chromium.launch({ executablePath, args: ['--no-sandbox'] });

/** How a page is looked at. */
interface Look {
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
}

/** Opens an HTML text as a page that reaches nothing else; `requests` are the addresses it asked for. */
export async function openPage(
  browser: Browser,
  html: string,
  { colorScheme = 'light', javaScriptEnabled = true }: Look = {},
): Promise<{
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}> {
  const page = await browser.newPage({
    colorScheme,
    javaScriptEnabled,
    viewport: { width: 1000, height: 800 },
  });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('console', (message) => void complaints.push(message.text()));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  await page.route('**/*', async (route) => {
    requests.push(route.request().url());
    await route.abort();
  });
  await page.setContent(html);
  return { page, requests, complaints };
}
