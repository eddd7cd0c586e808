import { setTimeout } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { findChromium, unlessChromium } from './chromium.ts';

/** The browser, if there is one. */
export const executable = findChromium();
/** A test that needs the browser. */
export const inChromium = executable === undefined ? it.skip : it;
/** The end of a title: that its tests are skipped, where there is no browser. */
export const unless = unlessChromium(executable);

const PATIENCE_MS = 10_000;

/** Repeats a check until it passes, for up to ten seconds. */
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
