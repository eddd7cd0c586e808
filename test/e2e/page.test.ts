import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { startConsultas } from '../../local/consultas/serve-consultas.ts';
import type { Consultas } from '../../local/consultas/serve-consultas.ts';
import { startBrowser } from '../support/chromium.ts';
import { useConsultas } from '../support/consultas.ts';
import { executable, inChromium, rowsOf, settled, unless } from '../support/page.ts';
import { BOSQUE } from '../support/snapshots.ts';
import { HOY, iso, startTrade } from '../support/trade.ts';

const CATALOGO = readCatalogo();
const BUILD = `import { buildWeb } from './local/consultas/build-web.ts'; await buildWeb();`;

let browser: Browser;
let consultas: Consultas | undefined;
/** What the browser refused to run, what the page threw, and what the API did not foresee. */
let complaints: string[] = [];

// Declared before those of the database, which allow no session.
afterEach(async () => {
  if (executable === undefined) return;
  await Promise.all(browser.contexts().map((context) => context.close()));
  await consultas?.close();
  const said = complaints;
  complaints = [];
  expect(said).toEqual([]);
});
afterAll(async () => {
  if (executable !== undefined) await browser.close();
});
const { database, reader } = await useConsultas();

/*
 * TAZAJAL; its last snapshot is of yesterday, 20:00. Each article sold something in the 28 whole days before it ran out.
 *
 * article  out since        hours              a day   not sold  last price  USD
 * HARINA   d-3 08:00        2 days 12 h = 60   56/28   5         2.5         12.50
 * QUESO    d-2 20:00        24                 7/28    0.25 kg   4           1.00
 *
 * ARROZ is there. BOSQUE has 12 of HARINA, and lacks ACEITE since d-2 08:00: 36 hours, 1 a day, 1.50 USD.
 */
beforeAll(async () => {
  if (executable === undefined) return;
  // Vite does not run within jest.
  execFileSync(process.execPath, ['--input-type=module', '-e', BUILD], { stdio: 'inherit' });
  const tazajal = CATALOGO.filter(({ nombre }) => nombre === 'TAZAJAL');
  const trade = await startTrade(database, [...tazajal, BOSQUE]);
  trade.describe('000001', { nombre: 'HARINA', categoria: 'VIVERES', marca: 'LA NUESTRA' });
  trade.describe('000002', { nombre: 'QUESO', categoria: 'CHARCUTERIA', marca: null });
  trade.describe('000003', { nombre: 'ARROZ' });
  trade.describe('000004', { nombre: 'ACEITE' });
  await trade.stock('TTZ', 40, '08:00', { '000001': 10, '000002': 10, '000003': 10 });
  await trade.stock('TTZ', 3, '08:00', { '000001': 0 });
  await trade.stock('TTZ', 2, '20:00', { '000002': -0.5 });
  await trade.stock('TTZ', 1, '20:00', {});
  await trade.stock('APP-TBQ', 40, '08:00', { '000001': 12, '000004': 1 });
  await trade.stock('APP-TBQ', 2, '08:00', { '000004': 0 });
  await trade.stock('APP-TBQ', 1, '20:00', {});
  const inTazajal = { tienda: 'tienda_20', almacen: 'TTZ' };
  await trade.sell(
    { ...inTazajal, dias: 4, codigo: '000001', cantidad: 56, usd: 140 },
    { ...inTazajal, dias: 3, codigo: '000002', cantidad: 7, usd: 28, unidad: 'KG' },
    { ...inTazajal, dias: 3, codigo: '000003', cantidad: 5 },
    { tienda: 'tienda_08', almacen: 'APP-TBQ', dias: 5, codigo: '000004', cantidad: 28 },
  );
  for (const tienda of ['tienda_20', 'tienda_08']) await trade.close(tienda, 40, 1);
  browser = await startBrowser(executable);
});

/** The page at an address, as somebody who never entered sees it: with the buttons of the issuer. */
async function open(address: string): Promise<Page> {
  consultas = await startConsultas({
    database: reader,
    port: 0,
    webDir: 'web/dist',
    tiendas: CATALOGO,
    onError: (message) => void complaints.push(message),
  });
  const page = await browser.newPage();
  page.on('pageerror', (error) => void complaints.push(String(error)));
  page.on('console', (message) => {
    // The browser itself writes about every answer that is no success.
    if (!message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  await page.goto(consultas.url + address);
  return page;
}

const enter = async (page: Page, who: string): Promise<void> => {
  await page.getByRole('button', { name: who }).click();
  await settled(page);
};

/** The cells of a CSV without quotes, as Excel in Spanish reads it. */
const cellsOf = (csv: string): string[][] =>
  csv
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(';'));

describe(`the page on its real API${unless}`, () => {
  inChromium(
    'shows a manager what his store lacks, since when and how much was not sold, and exports the same',
    async () => {
      const page = await open('/');
      await enter(page, 'Gerente de TAZAJAL');
      await page.getByRole('link', { name: 'Faltantes', exact: true }).first().click();
      await page.waitForURL(/faltantes/);
      await settled(page);

      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Faltantes en TAZAJAL');
      expect(await page.locator('.cifras dd').allTextContents()).toEqual(expect.arrayContaining(['2', '14']));
      const rows = await rowsOf(page, /^Faltantes/);
      expect(rows).toEqual([
        [
          'HARINA000001 · VIVERES · LA NUESTRA',
          '12,50',
          expect.stringMatching(/^2 d 12 hdesde el \d+ \w+$/),
          '0 und',
          '2 und',
          '5 und',
          '2,50',
          expect.anything(),
          'BOSQUE 12',
        ],
        [
          'QUESO000002 · CHARCUTERIA',
          '1,00',
          expect.stringMatching(/^24 hdesde el \d+ \w+$/),
          '-0,5 kg',
          '0,25 kg',
          '0,25 kg',
          '4,00',
          expect.anything(),
          'en ninguno',
        ],
      ]);
      await page.getByRole('button', { name: '2 d 12 h' }).click();
      expect(await page.getByRole('dialog').textContent()).toMatch(/ 08:00:00, hora de Caracas/);

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Exportar CSV' }).click(),
      ]);
      const [headings, ...exported] = cellsOf(await readFile(await download.path(), 'utf8'));
      const column = (title: string): (string | undefined)[] =>
        exported.map((cells) => cells[headings?.indexOf(title) ?? -1]);
      expect(download.suggestedFilename()).toBe(`agotados-${HOY}.csv`);
      expect(column('Artículo')).toEqual(['HARINA', 'QUESO']);
      expect(column('Agotado desde')).toEqual([iso(3, '08:00'), iso(2, '20:00')]);
      expect(
        column('USD no vendidos').map((usd) => Number(usd?.replace(',', '.')).toFixed(2).replace('.', ',')),
      ).toEqual(rows.map((row) => row[1]));
      expect(column('No vendido').map((quantity, row) => `${quantity} ${column('Unidad')[row]}`)).toEqual(
        rows.map((row) => row[5]),
      );
    },
  );

  inChromium('of a store that is not the manager’s shows a refusal and no data', async () => {
    const page = await open('/faltantes?tienda=tienda_08');
    await enter(page, 'Gerente de TAZAJAL');

    expect(await page.locator('main').getByRole('alert').textContent()).toContain('Esa tienda no es suya');
    expect(await page.getByRole('table').count()).toBe(0);
    expect(await page.locator('main').textContent()).not.toContain('ACEITE');
    await page.getByRole('link', { name: 'Quitar los filtros' }).click();
    await settled(page);
    expect(await rowsOf(page, /^Faltantes/)).toHaveLength(2);
  });

  inChromium('shows a buyer every store', async () => {
    const page = await open('/');
    await enter(page, 'Comprador');
    expect((await rowsOf(page, 'Tiendas')).map(([tienda]) => tienda)).toEqual(['BOSQUE', 'TAZAJAL']);

    await page.getByRole('link', { name: 'Faltantes', exact: true }).first().click();
    await page.waitForURL(/faltantes/);
    await settled(page);
    expect((await rowsOf(page, /^Faltantes/)).map(([articulo]) => articulo)).toEqual(
      ['HARINA', 'ACEITE', 'QUESO'].map((nombre): unknown => expect.stringContaining(nombre)),
    );
  });
});
