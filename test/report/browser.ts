import type { Browser, Page } from 'playwright-core';

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
