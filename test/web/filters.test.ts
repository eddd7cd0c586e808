import { readFile } from 'node:fs/promises';
import { describe, expect } from '@jest/globals';
import { eventually, inChromium, queryOf, rowsOf, settled, unless } from '../support/page.ts';
import { DESCUADRES, SESION } from './answers.ts';
import { TELEPHONE, useSite } from './site.ts';

const hasFocus = (element: { matches(selector: string): boolean }): boolean => element.matches(':focus');

describe(`the filters and tables of the page${unless}`, () => {
  const { site, open } = useSite();
  /** The last question to an endpoint has these parameters. */
  const asks = (path: string, parameters: Record<string, string>): Promise<void> =>
    eventually(() => {
      const last = site().questions.findLast((question) => question.path === path);
      expect(Object.fromEntries(last?.query ?? [])).toEqual(parameters);
    });

  inChromium(
    'are kept in the address: a choice changes it, Back restores it, and a copied address shows the same',
    async () => {
      const { page } = await open('/existencias');
      await settled(page);
      await page.locator('.filtros').getByLabel('Tienda').selectOption('FERIAS');
      await page.locator('.filtros').getByLabel('Estado').selectOption('Agotados');
      await page.locator('.filtros').getByLabel('Categoría').selectOption('VIVERES');
      await settled(page);
      const filtered = { tienda: 'tienda_10', estado: 'agotado', categoria: 'VIVERES' };
      expect(queryOf(page)).toEqual(filtered);
      await asks('/existencias', filtered);

      await page.goBack();
      expect(queryOf(page)).toEqual({ tienda: 'tienda_10', estado: 'agotado' });
      expect(await page.locator('.filtros').getByLabel('Categoría').inputValue()).toBe('');
      await page.goForward();

      const copied = await open(`/existencias${new URL(page.url()).search}`);
      await settled(copied.page);
      await asks('/existencias', filtered);
      expect(await copied.page.locator('.filtros').getByLabel('Tienda').inputValue()).toBe('tienda_10');
      expect(await copied.page.getByRole('heading', { level: 1 }).textContent()).toBe(
        'Existencias de FERIAS',
      );
    },
  );

  inChromium(
    'name the store of the address, also to whoever has only that one or may not see it',
    async () => {
      const [tazajal] = SESION.tiendas.filter(({ nombre }) => nombre === 'TAZAJAL');
      site().answer({ '/sesion': () => ({ body: { ...SESION, rol: 'gerente', tiendas: [tazajal] } }) });
      const options = async (address: string): Promise<unknown> => {
        const { page } = await open(address);
        await settled(page);
        const select = page.locator('.filtros').getByLabel('Tienda');
        return [await select.locator('option:checked').textContent(), await select.locator('option').count()];
      };

      expect(await options('/existencias')).toEqual(['TAZAJAL', 1]);
      expect(await options('/existencias?tienda=tienda_20')).toEqual(['TAZAJAL', 1]);
      expect(await options('/existencias?tienda=tienda_10')).toEqual(['FERIAS', 2]);
    },
  );

  inChromium('search while a person types, without an entry in the history for each letter', async () => {
    const { page } = await open('/existencias');
    await settled(page);
    const before = await page.evaluate('history.length');
    await page.getByLabel('Buscar').pressSequentially('harina');
    await page.waitForURL(/q=harina/);
    await settled(page);
    await asks('/existencias', { q: 'harina' });
    expect(await page.evaluate('history.length')).toBe(before);
  });

  inChromium('sort by a click on a heading, and mark the heading that sorts', async () => {
    const { page } = await open('/existencias');
    await settled(page);
    const heading = page.getByRole('columnheader', { name: /^Existencia/ });
    await heading.getByRole('link').click();
    await settled(page);
    await asks('/existencias', { orden: '-cantidad' });
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    await heading.getByRole('link').click();
    await settled(page);
    await asks('/existencias', { orden: 'cantidad' });
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
  });

  inChromium('have on a telephone a button to sort and a button to explain, above the cards', async () => {
    const { page } = await open('/existencias', { width: TELEPHONE });
    await settled(page);
    await page.getByLabel('Ordenar por').selectOption('Existencia ↑, menor primero');
    await settled(page);
    expect(queryOf(page)).toEqual({ orden: 'cantidad' });
    await page.getByRole('button', { name: '¿Cómo se calcula?', exact: true }).tap();
    expect(await page.getByRole('dialog').textContent()).toContain(
      'Existencia dividida entre la venta diaria',
    );
  });

  inChromium('load one page of rows at a time, and show the same rows after Back', async () => {
    const { page } = await open('/existencias');
    await settled(page);
    for (const rows of [200, 240]) {
      await page.getByRole('button', { name: 'Más filas' }).click();
      await page
        .locator('tbody tr')
        .nth(rows - 1)
        .waitFor();
    }
    expect(
      site()
        .questions.filter(({ path }) => path === '/existencias')
        .map(({ query }) => query.get('cursor')),
    ).toEqual([null, 'pagina+2/=', 'pagina3']);
    expect(await page.getByRole('button', { name: 'Más filas' }).count()).toBe(0);
    const codes = await page.locator('tbody td.titulo small').allTextContents();
    expect(new Set(codes).size).toBe(240);

    const row = page.locator('tbody tr').nth(220).locator('a.principal');
    await row.click();
    await page.waitForURL(/\/articulo\/000320/);
    await page.goBack();
    await page.locator('tbody tr').nth(239).waitFor();
    expect(await row.evaluate(hasFocus)).toBe(true);
    expect(await page.evaluate('scrollY > 1000')).toBe(true);
  });

  inChromium('export the filtered rows as a file whose name says what it holds', async () => {
    const { page } = await open('/existencias?tienda=tienda_20&q=harina');
    await settled(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Exportar CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('existencias-tazajal-2026-11-29.csv');
    expect(await readFile(await download.path(), 'utf8')).toContain('000123;12,5');
    await asks('/existencias', { tienda: 'tienda_20', q: 'harina' });
  });

  inChromium('export a table that came whole with its page, with exact values and no formula', async () => {
    const [negativa] = DESCUADRES.negativas;
    const articulo = { ...negativa?.articulo, nombre: '=1+1;"x"' };
    site().answer({
      '/descuadres': () => ({ body: { ...DESCUADRES, negativas: [{ ...negativa, articulo }] } }),
    });
    const { page } = await open('/descuadres');
    await settled(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Exportar CSV' }).last().click(),
    ]);
    expect(download.suggestedFilename()).toBe('negativas-2026-11-29.csv');
    expect((await readFile(await download.path(), 'utf8')).split('\r\n')).toEqual([
      '\uFEFFTienda;Almacén;Código;Artículo;Categoría;Marca;Existencia;Unidad;Negativa desde;Factura;Fecha de la factura;Cantidad de la factura',
      `FERIAS;TFER;004501;"'=1+1;""x""";CHARCUTERIA;LOS ANDES;-1,25;kg;2026-11-29T09:31:00-04:00;F10-0012345;2026-11-29T09:24:00-04:00;2,5`,
      '',
    ]);
  });

  inChromium('lead by clicks from store to category to article and back, with the same days', async () => {
    const { page } = await open('/ventas?desde=2026-11-21&hasta=2026-11-28');
    await settled(page);
    await page.getByRole('link', { name: 'FERIAS' }).click();
    await page.getByRole('link', { name: 'CHARCUTERIA' }).waitFor();
    const days = { desde: '2026-11-21', hasta: '2026-11-28' };
    expect(queryOf(page)).toEqual({ ...days, nivel: 'categoria', tienda: 'tienda_10' });
    await page.getByRole('link', { name: 'VIVERES' }).click();
    await page.getByRole('link', { name: 'HARINA' }).waitFor();
    expect(queryOf(page)).toEqual({
      ...days,
      nivel: 'articulo',
      tienda: 'tienda_10',
      categoria: 'VIVERES',
    });
    await page
      .getByRole('navigation', { name: 'Nivel de las ventas' })
      .getByRole('link', { name: 'FERIAS' })
      .click();
    await page.getByRole('link', { name: 'CHARCUTERIA' }).waitFor();
    await page.getByRole('link', { name: 'VIVERES' }).click();
    await page.getByRole('link', { name: 'HARINA' }).click();
    await page.waitForURL(/\/articulo\/000123\?tienda=tienda_10/);
  });

  inChromium(
    'take a period by its days or by a link, and refuse one that ends before it begins',
    async () => {
      const { page } = await open('/ventas');
      await settled(page);
      expect(await page.getByLabel('Desde').inputValue()).toBe('2026-11-28');
      await page.getByRole('link', { name: '7 días', exact: true }).click();
      expect(queryOf(page)).toEqual({ desde: '2026-11-22', hasta: '2026-11-28' });
      await page.getByLabel('Hasta').fill('2026-11-20');
      await page.getByLabel('Hasta').blur();
      expect(queryOf(page)).toEqual({ desde: '2026-11-20', hasta: '2026-11-20' });
      await page.getByLabel('Comparar con').selectOption('No comparar');
      await settled(page);
      await asks('/ventas', { desde: '2026-11-20', hasta: '2026-11-20', comparar: 'no' });
      expect((await rowsOf(page, /^Ventas/))[0]).toHaveLength(7);
    },
  );

  inChromium('show the months of the calendar before and after', async () => {
    const { page } = await open('/datos');
    await page.getByRole('link', { name: 'Mes anterior' }).click();
    await page.waitForURL(/mes=2026-10/);
    await page.getByRole('link', { name: 'Mes siguiente' }).click();
    await page.waitForURL(/mes=2026-11/);
    expect(await page.getByRole('link', { name: 'Mes siguiente' }).count()).toBe(0);
  });

  inChromium(
    'work without a mouse: / searches, arrows go from row to row, Enter opens, Escape closes',
    async () => {
      const { page } = await open('/');
      await settled(page);
      await page.keyboard.press('/');
      await page.waitForURL(/existencias/);
      await page.locator('#buscar:focus').waitFor();
      await page.keyboard.type('queso');
      await page.waitForURL(/q=queso/);
      await settled(page);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('ARROZ TIPO I 900 G');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/articulo\/000101/);
      expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');

      await page.goto(`${site().url}/faltantes`);
      await settled(page);
      const how = page.getByRole('button', { name: '¿Cómo se calcula? Venta diaria' });
      await how.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Venta diaria' });
      await dialog.waitFor();
      expect(await dialog.textContent()).toContain('28 días completos antes de agotarse');
      await page.keyboard.press('Escape');
      expect(await dialog.isVisible()).toBe(false);
      expect(await how.evaluate(hasFocus)).toBe(true);
    },
  );

  inChromium('show amounts in Bs at the rate of the day, and remember the choice', async () => {
    const { page } = await open('/');
    await settled(page);
    await page.getByRole('button', { name: 'Bs', exact: true }).click();
    expect((await rowsOf(page, 'Tiendas'))[0]?.[5]).toBe('245.300');
    expect(await page.getByRole('columnheader', { name: /Venta de hoy/ }).textContent()).toContain('Bs');
    expect(await page.locator('.sello').textContent()).toContain('1 USD = 245,30 Bs (28 nov)');
    await page.reload();
    await settled(page);
    expect((await rowsOf(page, 'Tiendas'))[0]?.[5]).toBe('245.300');
  });

  inChromium('show the exact time of a moment on request', async () => {
    const { page } = await open('/', { width: TELEPHONE });
    await settled(page);
    await page.locator('tbody .momento').first().tap();
    expect(await page.getByRole('dialog').textContent()).toContain(
      'domingo, 29 de noviembre de 2026, 10:28:00, hora de Caracas',
    );
  });

  inChromium('name all other stores with an article on request, where a row has room for two', async () => {
    const { page } = await open('/existencias');
    await settled(page);
    const cell = page.getByRole('cell', { name: 'PERIFERICO 18 · BOSQUE 13 y 2 tiendas más' }).first();
    await cell.getByRole('button').click();
    expect(await page.getByRole('dialog').getByRole('listitem').allTextContents()).toEqual([
      'PERIFERICO 18',
      'BOSQUE 13',
      'FERIAS 8',
      'TAZAJAL 3',
    ]);
    const { x, width } = (await page.getByRole('dialog').boundingBox()) ?? { x: NaN, width: NaN };
    const column = await page.locator('html').boundingBox();
    expect(x + width).toBeLessThan(column?.width ?? NaN);
  });
});
