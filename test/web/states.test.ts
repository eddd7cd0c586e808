import { describe, expect } from '@jest/globals';
import { eventually, findingsOf, inChromium, kept, rowsOf, settled, unless } from '../support/page.ts';
import { HOY, INCOMPLETE, SESION, SOBRE, VENTAS } from './answers.ts';
import { problem } from './fake-site.ts';
import { TELEPHONE, useSite } from './site.ts';

const DOWN = problem('base-inaccesible', 503, 'La base de datos no contesta', {}, { 'Retry-After': '30' });

describe(`the page when an answer is late, missing or an error${unless}`, () => {
  const { site, open } = useSite();

  inChromium('keeps the old rows, marked as old, while new ones load', async () => {
    const { page } = await open('/existencias');
    await settled(page);
    const release = site().hold();
    await page.locator('.filtros').getByLabel('Tienda').selectOption('FERIAS');
    await page.getByText('Buscando…').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(100);
    expect(await page.getByRole('table').getAttribute('aria-busy')).toBe('true');
    release();
    await settled(page);
    expect(await page.getByRole('table').getAttribute('aria-busy')).toBe('false');
  });

  inChromium('shows placeholders until the first rows arrive', async () => {
    const release = site().hold();
    const { page } = await open('/existencias');
    await page.locator('.esqueleto').waitFor();
    expect(await findingsOf(page)).toEqual([]);
    release();
    await settled(page);
  });

  inChromium('says why a list is empty, and what to do about it', async () => {
    site().answer({ '/existencias': () => ({ body: { ...SOBRE, filas: [], siguiente: null } }) });
    const { page } = await open('/existencias?q=nada');
    await settled(page);
    expect(await page.locator('.panel').textContent()).toContain('Ningún artículo es así');
    await page.getByRole('link', { name: 'quite los filtros' }).click();
    await page.waitForURL(`${site().url}/existencias`);
  });

  inChromium('shows the message of the API when it refuses a question', async () => {
    site().answer({
      '/existencias': () =>
        problem('parametros-invalidos', 400, 'La pregunta no se entiende', {
          errores: [{ campo: 'estado', mensaje: 'No es un estado.', validos: ['con', 'agotado'] }],
        }),
    });
    const { page } = await open('/existencias?estado=roto');
    const panel = page.getByRole('alert');
    expect(await panel.getByRole('link').allTextContents()).toEqual(['con', 'agotado', 'Quitar los filtros']);
    expect(await panel.textContent()).toContain('estado «roto»: No es un estado.');
    expect(await findingsOf(page)).toEqual([]);
    await panel.getByRole('link', { name: 'Quitar los filtros' }).click();
    await page.waitForURL(`${site().url}/existencias`);
  });

  inChromium('shows the refusal of a day in the address that is none', async () => {
    const refused = (campo: string) => () =>
      problem('parametros-invalidos', 400, 'La pregunta no se entiende', {
        errores: [{ campo, mensaje: 'no es un día' }],
      });
    site().answer({
      '/ventas': refused('desde'),
      '/descuadres': refused('desde'),
      '/articulos': refused('hasta'),
      '/datos': refused('mes'),
    });
    for (const address of [
      '/ventas?desde=ayer',
      '/descuadres?desde=2026-11-',
      '/articulo/000001?hasta=2026-13-45',
      '/datos?mes=ayer',
    ]) {
      const { page } = await open(address);
      await page
        .getByRole('alert')
        .getByText(/no es un día/)
        .waitFor();
    }
  });

  inChromium(
    'says at the table that its rows are of the search before, when the new one failed',
    async () => {
      const { page } = await open('/existencias');
      await settled(page);
      site().answer({ '/existencias': () => DOWN });
      await page.locator('.filtros').getByLabel('Tienda').selectOption('FERIAS');
      await page.getByText('Resultado de la búsqueda anterior').waitFor();
      expect(await page.locator('tbody tr').count()).toBe(100);
    },
  );

  inChromium('offers the names of the stores where an address names one that is not open', async () => {
    site().answer({
      '/ventas': (query) =>
        query.has('tienda', 'tienda_99')
          ? problem('parametros-invalidos', 400, 'Hay parámetros que no sirven', {
              errores: [{ campo: 'tienda', mensaje: 'no existe, o no está activa', validos: ['tienda_20'] }],
            })
          : { body: VENTAS['tienda'] ?? {} },
    });
    const { page } = await open('/ventas?tienda=tienda_99');
    const panel = page.getByRole('alert');
    expect(await panel.textContent()).toContain('tienda «tienda_99»: no existe, o no está activa.');
    expect(await page.locator('.cifras').count()).toBe(0);
    await panel.getByRole('link', { name: 'TAZAJAL' }).click();
    await page.waitForURL(/\?tienda=tienda_20$/);
    await settled(page);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Ventas de TAZAJAL');
  });

  inChromium('says that an article does not exist', async () => {
    site().answer({ '/articulos': () => problem('no-encontrado', 404, 'No existe el artículo 999999') });
    const { page } = await open('/articulo/999999');
    expect(await page.getByRole('alert').textContent()).toContain('No existe el artículo 999999');
  });

  inChromium(
    'marks numbers that were computed from incomplete sales, and links to the missing days',
    async () => {
      site().answer({ '/tiendas': () => ({ body: { ...HOY, cobertura: INCOMPLETE } }) });
      const { page } = await open('/');
      await settled(page);
      const notice = page.getByRole('link', { name: 'Ventas incompletas: faltan 2 días de TAZAJAL' });
      expect(await findingsOf(page)).toEqual([]);
      await notice.click();
      await page.waitForURL(/\/datos\?mes=2026-11/);
    },
  );

  inChromium('shows without network the last answer and its time, also after a reload', async () => {
    const { page, context } = await open('/');
    await settled(page);
    await page.evaluate('navigator.serviceWorker.ready');
    // The answer is written down once it is drawn; the page by the service worker once it is installed.
    await kept(page, '/tiendas');
    await page.reload();
    await settled(page);
    await context.setOffline(true);
    await page.reload();
    await page.getByText('Sin red: esto es de las 10:40.').waitFor();
    expect((await rowsOf(page, 'Tiendas'))[0]?.[0]).toBe('PERIFERICO');
    expect(await findingsOf(page)).toEqual([]);
    await context.setOffline(false);
    await page.getByText('Sin red').waitFor({ state: 'detached' });
  });

  inChromium('says that there is no network where it has no earlier answer', async () => {
    const { page, context } = await open('/');
    await settled(page);
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Ventas', exact: true }).first().click();
    expect(await page.locator('main').getByRole('alert').textContent()).toContain('Sin red');
    await context.setOffline(false);
    // The panel of the failure stands there until the answer comes.
    await page.locator('tbody tr').first().waitFor();
    expect((await rowsOf(page, /^Ventas/))[0]?.[0]).toBe('FERIAS');
  });

  inChromium(
    'says that the database is down, and how old the data is, with or without earlier rows',
    async () => {
      const { page } = await open('/');
      await settled(page);
      await kept(page, '/tiendas');
      site().answer({ '/tiendas': () => DOWN, '/existencias': () => DOWN });
      await page.reload();
      await page.getByText('La base de datos no contesta: esto es de las 10:40.').waitFor();
      expect((await rowsOf(page, 'Tiendas'))[0]?.[1]).toBe('hace 12 min');
      await page.getByRole('link', { name: 'Existencias', exact: true }).first().click();
      const panel = page.locator('main').getByRole('alert');
      expect(await panel.textContent()).toContain(
        'Lo último que este navegador supo llegaba hasta el domingo, 29 de noviembre de 2026, 10:32:00',
      );
      expect(await findingsOf(page)).toEqual([]);
      site().reset();
      await panel.getByRole('button', { name: 'Reintentar' }).click();
      await page.locator('tbody tr').first().waitFor();
      expect(await page.locator('tbody tr').count()).toBe(100);
    },
  );

  inChromium(
    'keeps its rows when the session expires, and returns to the same address after the login',
    async () => {
      const { page } = await open('/existencias?tienda=tienda_20', { width: TELEPHONE });
      await settled(page);
      await page.evaluate(`sessionStorage.setItem('token', 'vencido')`);
      await page.locator('.filtros').getByLabel('Estado').selectOption('Agotados');
      const bar = page.locator('.barra');
      await bar.getByText('Su sesión terminó.').waitFor();
      expect(await page.locator('tbody tr').count()).toBe(100);
      expect(await findingsOf(page)).toEqual([]);
      await bar.getByRole('button', { name: 'Entrar otra vez' }).tap();
      await page.waitForURL(/\/existencias\?tienda=tienda_20&estado=agotado$/);
      await settled(page);
      expect(site().questions.at(-1)).toMatchObject({ token: 'entrado', status: 200 });
    },
  );

  inChromium('tells a user without a role that there is no access', async () => {
    const refusal = problem('sin-acceso', 403, 'Su usuario no tiene acceso');
    site().answer({ '/sesion': () => refusal, '/tiendas': () => refusal });
    const { page } = await open('/');
    expect(await page.locator('main').getByRole('alert').textContent()).toContain(
      'Su usuario no tiene acceso',
    );
    expect(await page.getByRole('button', { name: 'Salir' }).isVisible()).toBe(true);
  });

  inChromium(
    'tells a manager that a store belongs to another manager, and links to the page without filters',
    async () => {
      site().answer({
        '/sesion': () => ({
          body: { ...SESION, rol: 'gerente', tiendas: [{ id: 'tienda_20', nombre: 'TAZAJAL' }] },
        }),
        '/existencias': () => problem('tienda-ajena', 403, 'Esa tienda no es suya'),
      });
      const { page } = await open('/existencias?tienda=tienda_10');
      const panel = page.locator('main').getByRole('alert');
      expect(await panel.textContent()).toContain('Esa tienda no es suya');
      expect(await page.locator('.papel').textContent()).toContain('Gerente de TAZAJAL');
      await panel.getByRole('link', { name: 'Quitar los filtros' }).click();
      await page.waitForURL(`${site().url}/existencias`);
    },
  );

  inChromium('does not offer to repeat a refused question above older rows', async () => {
    const { page } = await open('/existencias');
    await settled(page);
    site().answer({ '/existencias': () => problem('tienda-ajena', 403, 'Esa tienda no es suya') });
    await page.locator('.filtros').getByLabel('Tienda').selectOption('FERIAS');
    const bar = page.locator('.barra');
    await bar.getByText('Esa tienda no es suya: esto es de las 10:40.').waitFor();
    expect(await bar.getByRole('button').count()).toBe(0);
  });

  inChromium('shows no number of an answer whose form it does not know', async () => {
    site().answer({ '/tiendas': () => ({ body: { ...HOY, filas: [{ tienda: 7 }] } }) });
    const { page } = await open('/');
    const panel = page.locator('main').getByRole('alert');
    expect(await panel.textContent()).toContain('filas.0.tienda');
    expect(await page.getByRole('table').count()).toBe(0);
  });

  inChromium(
    'asks again with the version that it holds, and keeps its rows when the answer is unchanged',
    async () => {
      const { page } = await open('/existencias');
      await settled(page);
      await page.getByRole('link', { name: 'Faltantes', exact: true }).first().click();
      await settled(page);
      await page.goBack();
      await settled(page);
      await eventually(() => {
        const asked = site().questions.filter(({ path }) => path === '/existencias');
        expect(asked.map(({ status }) => status)).toEqual([200, 304]);
        expect(asked[1]?.etag).toMatch(/^"/);
      });
      expect(await page.locator('tbody tr').count()).toBe(100);
    },
  );
});
