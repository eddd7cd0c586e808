import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser } from '../support/chromium.ts';
import { executable } from '../support/page.ts';
import { NOW } from './answers.ts';
import { startFakeSite } from './fake-site.ts';
import type { FakeSite } from './fake-site.ts';

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
  });
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
