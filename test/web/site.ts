import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { z } from 'zod';
import { findChromium, startBrowser, unlessChromium } from '../support/chromium.ts';
import { NOW } from './answers.ts';
import { startFakeSite } from './fake-site.ts';
import type { FakeSite } from './fake-site.ts';

const executable = findChromium();
/** A test that needs the browser. */
export const inChromium = executable === undefined ? it.skip : it;
/** Ends a title. */
export const unless = unlessChromium(executable);

/** How the page is looked at. */
interface Look {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** Undefined: nobody has logged in. */
  readonly token?: string | undefined;
}

/** An opened page, and what it asked for. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly requests: readonly string[];
}

export const TELEPHONE = 400;
export const DESKTOP = 1280;

/** The fake site and a browser, for all tests of a file. A violation of the policy or an error in the page fails its test. */
export function useSite(): {
  readonly site: () => FakeSite;
  readonly open: (address: string, look?: Look) => Promise<Opened>;
} {
  let site: FakeSite;
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  beforeAll(async () => {
    if (executable === undefined) return;
    site = await startFakeSite();
    browser = await startBrowser(executable);
  }, 120_000);
  afterEach(async () => {
    if (executable === undefined) return;
    const said = complaints;
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    complaints = [];
    site.reset();
    expect(said).toEqual([]);
  });
  afterAll(async () => {
    if (executable === undefined) return;
    await browser.close();
    await site.close();
  });

  const open = async (address: string, look: Look = {}): Promise<Opened> => {
    const { colorScheme = 'light', width = DESKTOP } = look;
    const token = 'token' in look ? look.token : 'entrado';
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height: width === TELEPHONE ? 860 : 900 },
      hasTouch: width === TELEPHONE,
      acceptDownloads: true,
    });
    contexts.push(context);
    const page = await context.newPage();
    await page.clock.setFixedTime(new Date(NOW));
    if (token !== undefined) {
      // Only once: a reload finds what the page itself made of it.
      await page.addInitScript(
        `if (location.protocol === 'http:' && sessionStorage.length === 0) sessionStorage.setItem('token', '${token}')`,
      );
    }
    const requests: string[] = [];
    page.on('request', (request) => void requests.push(request.url()));
    page.on('pageerror', (error) => void complaints.push(String(error)));
    page.on('console', (message) => {
      // The browser itself writes about every answer that is no success.
      if (!message.text().startsWith('Failed to load resource')) complaints.push(message.text());
    });
    await page.goto(site.url + address);
    return { page, context, requests };
  };
  return { site: () => site, open };
}

const PATIENCE_MS = 10_000;

/** Waits until something holds that the page brings about in its own time. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  const last = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > last) throw error;
      await setTimeout(50);
    }
  }
}

/** Waits until the rows of the page's first table are those of its answer. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main table tbody tr, .panel').first().waitFor();
  await page.locator('.cargando', { hasText: /^$/ }).first().waitFor({ state: 'attached' });
}

/** Waits until the answer to a question is written down for a reload. */
export const kept = (page: Page, path: string): Promise<void> =>
  eventually(async () => {
    expect(await page.evaluate('Object.keys(sessionStorage)')).toContain(`respuesta:${path}`);
  });

const AxeResults = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

/** What axe-core finds wrong with the page as it is now. */
export async function findingsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = AxeResults.parse(await page.evaluate('axe.run()'));
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 160)}`),
  );
}

/** What a test reads of an element of the page. */
interface Row {
  querySelectorAll(selector: string): Iterable<{ readonly textContent: string | null }>;
}
const Cells = z.array(z.array(z.string()));

/** The cells of the rows of a table, by its caption. */
export const rowsOf = async (page: Page, caption: string | RegExp): Promise<string[][]> =>
  Cells.parse(
    await page
      .getByRole('table', { name: caption })
      .locator('tbody tr')
      .evaluateAll((rows: readonly Row[]) =>
        rows.map((row) =>
          [...row.querySelectorAll('td')].map((cell) =>
            (cell.textContent ?? '').replaceAll(/\s+/g, ' ').trim(),
          ),
        ),
      ),
  );

/** What a script in the page says. */
export const ask = async <T>(page: Page, schema: z.ZodType<T>, script: string): Promise<T> =>
  schema.parse(await page.evaluate(script));

/** The query of the address. */
export const queryOf = (page: Page): Record<string, string> =>
  Object.fromEntries(new URL(page.url()).searchParams);
