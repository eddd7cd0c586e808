import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { readReporte } from '../../bin/report/read-reporte.ts';
import { renderReporte } from '../../bin/report/page.ts';
import { ERRORES } from '../../lambdas/shared/errors.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { insertTiendas, load } from '../support/loading.ts';
import { insertRun, insertYears } from '../support/past-runs.ts';
import { BOSQUE, PERIFERICO, ejecucion, snapshot } from '../support/snapshots.ts';
import { systemsOf } from '../support/systems.ts';
import { findChromium, openPage, startBrowser } from './browser.ts';

const CATALOGO = [PERIFERICO, BOSQUE];

const Cells = z.array(z.array(z.string()));
const AxeResults = z.object({ violations: z.array(z.object({ id: z.string(), help: z.string() })) });

const executable = findChromium();
const inChromium = executable === undefined ? it.skip : it;
const unless =
  executable === undefined ? ", skipped: there is no Chromium; install Debian's or set CHROMIUM_BIN" : '';

describe(`the report in a real browser${unless}`, () => {
  const databases = new Map<string, TestDatabase>();
  const pages = new Map<string, string>();
  let browser: Browser;

  const create = async (name: string, fill: (database: TestDatabase) => Promise<void>): Promise<void> => {
    const database = await createTestDatabase();
    databases.set(name, database);
    await fill(database);
    const systems = systemsOf(database.etl, CATALOGO);
    pages.set(name, await renderReporte(await readReporte(systems), systems));
  };
  const open = async (name: string, look?: Parameters<typeof openPage>[2]): ReturnType<typeof openPage> =>
    openPage(browser, pages.get(name) ?? '', look);
  const query = (name: string, sql: string): Promise<Record<string, unknown>[]> =>
    databases.get(name)?.query(sql) ?? Promise.resolve([]);

  beforeAll(async () => {
    if (executable === undefined) return;
    browser = await startBrowser(executable);
    await create('nothing', () => Promise.resolve());
    await create('one run', insertOneRun);
    await create('a year', async (database) => {
      await insertTiendas(database.etl, CATALOGO);
      await insertYears(database, 1);
    });
  }, 120_000);
  afterAll(async () => {
    if (executable === undefined) return;
    await browser.close();
    await Promise.all([...databases.values()].map((database) => database.drop()));
  });

  const STATES = ['nothing', 'one run', 'a year'];

  inChromium.each(STATES)(
    'of %s needs no network, no script, and no room beyond the window',
    async (name) => {
      const { page, requests, complaints } = await open(name, { javaScriptEnabled: false });

      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Inventario de KLK');
      expect(await page.getByRole('heading', { level: 2 }).count()).toBe(7);
      for (const width of [380, 800, 1400]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await overflow(page)).toBe(0);
      }
      expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
      expect(pages.get(name)).not.toContain('<script');
    },
  );

  inChromium.each(
    STATES.flatMap((name) => ['light' as const, 'dark' as const].map((look) => ({ name, look }))),
  )('of $name is accessible in the $look', async ({ name, look }) => {
    const { page } = await open(name, { colorScheme: look });
    await page.addScriptTag({ content: axe.source });
    const { violations } = AxeResults.parse(await page.evaluate('axe.run()'));
    expect(violations).toEqual([]);
  });

  inChromium('is black on white on paper, whatever the reader prefers on the screen', async () => {
    const { page } = await open('one run', { colorScheme: 'dark' });
    const colours = (): Promise<unknown> =>
      page.evaluate(
        '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.documentElement).colorScheme]',
      );
    const onScreen = await colours();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await colours()).toEqual(['rgb(255, 255, 255)', 'light']);
    expect(onScreen).not.toEqual(['rgb(255, 255, 255)', 'light']);
  });

  inChromium('shows every warehouse of the catalogue with what the tables hold', async () => {
    const { page } = await open('one run');
    expect(await rowsOf(page, 'Artículos de cada almacén')).toEqual([
      ['tienda_01 PERIFERICO', 'APP-TPF', '3', '1', '2'],
      ['tienda_01 PERIFERICO', 'APP-PPF', '0', '0', '0'],
      ['tienda_08 BOSQUE', 'APP-TBQ', '0', '0', '0'],
    ]);
    const [fresh, never, failed] = await rowsOf(page, 'Frescura de cada almacén');
    expect(fresh?.slice(3)).toEqual([expect.stringMatching(/^\d+ s$/), 'al día', 'cargado']);
    expect([never?.[2], never?.[4]]).toEqual(['nunca', 'nunca cargado']);
    expect(failed?.at(-1)).toBe('fallido KLK_VACIA');
  });

  inChromium('shows the newest failures, each with its remedy', async () => {
    const { page } = await open('one run');
    const [row] = await rowsOf(page, 'Fallos más recientes');
    expect(row?.slice(1)).toEqual([
      'tienda_08 APP-TBQ',
      'KLK_VACIA',
      '1',
      'mensaje de KLK_VACIA',
      `${ERRORES.KLK_VACIA.remedio} Vea qué códigos conoce KLK con: npm run etl -- tiendas`,
    ]);
  });

  inChromium('shows as many runs of each state as the table holds', async () => {
    const { page } = await open('a year');
    const shown = new Map<string, number>();
    for (const [, estado = '', count = ''] of await rowsOf(page, 'Datos del gráfico')) {
      if (/^[a-z_]+$/.test(estado)) shown.set(estado, (shown.get(estado) ?? 0) + Number(count));
    }
    const held = await query(
      'a year',
      'SELECT estado, count(*)::integer AS runs FROM etl_ejecuciones GROUP BY 1',
    );
    expect(Object.fromEntries(shown)).toEqual(
      Object.fromEntries(held.map(({ estado, runs }) => [estado, runs])),
    );
  });

  inChromium('draws a bar for every period and state, and the line of what is too old', async () => {
    const { page } = await open('a year');
    const periods = await query(
      'a year',
      `SELECT DISTINCT date_trunc('week', inicio AT TIME ZONE 'America/Caracas'), estado FROM etl_ejecuciones`,
    );
    const chart = (label: string) => page.getByRole('img', { name: label }).locator('svg');
    expect(await chart('Ejecuciones por estado').locator('.mark-rect > path').count()).toBe(periods.length);
    expect(await chart('Horas desde la última carga').locator('.mark-rule.role-mark line').count()).toBe(1);
  });

  inChromium('of an empty database says that there is nothing yet', async () => {
    const { page } = await open('nothing');
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).toContain('Todavía no hubo ninguna ejecución.');
    expect(text).toContain('0 de 3');
    expect((await rowsOf(page, 'Frescura de cada almacén')).map((row) => row[4])).toEqual(
      Array(3).fill('nunca cargado'),
    );
  });
});

/** Pixels by which the page is wider than its window. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** The cells of the tables of this name. */
const rowsOf = async (page: Page, name: string): Promise<string[][]> =>
  Cells.parse(
    await page.evaluate(
      `[...document.querySelectorAll('[aria-label="${name}"] tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))`,
    ),
  );

/** One warehouse loaded, one failed, one never asked for. */
async function insertOneRun(database: TestDatabase): Promise<void> {
  await insertTiendas(database.etl, CATALOGO);
  await load(
    database.etl,
    snapshot({ '000001': '5', '000002': '-2', '000003': '0.5' }, { extraccion: new Date() }),
  );
  await insertRun(database, {
    id: ejecucion(1),
    inicio: new Date(),
    estado: 'parcial',
    almacenes: [
      { almacen: 'APP-TPF', tienda: PERIFERICO.id, rechazados: 2 },
      { almacen: 'APP-TBQ', tienda: BOSQUE.id, codigo: 'KLK_VACIA' },
    ],
  });
}
