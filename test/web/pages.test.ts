import { describe, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { ask, eventually, findingsOf, inChromium, rowsOf, settled, unless } from '../support/page.ts';
import {
  AGOTADOS,
  ARTICULO,
  DATOS,
  DESCUADRES,
  HARINA,
  HOY,
  INCOMPLETE,
  SESION,
  VENTAS,
  comparacion,
  total,
  venta,
} from './answers.ts';
import { DESKTOP, TELEPHONE, useSite } from './site.ts';

const PAGES = {
  Hoy: '/',
  Existencias: '/existencias?tienda=tienda_20',
  Faltantes: '/faltantes',
  Ventas: '/ventas',
  Artículo: `/articulo/${HARINA.codigo}?tienda=tienda_20`,
  Descuadres: '/descuadres',
  Datos: '/datos',
} as const;

const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [DESKTOP, TELEPHONE].map((width) => ({ colorScheme, width })),
);

const Texts = z.array(z.string());

describe(`the page${unless}`, () => {
  const { site, open } = useSite();

  inChromium.each(
    Object.entries(PAGES).flatMap(([name, address]) => LOOKS.map((look) => ({ name, address, ...look }))),
  )('$name is accessible and fits in the $colorScheme, $width pixels wide', async ({ address, ...look }) => {
    const { page, requests } = await open(address, look);
    await settled(page);
    expect(await findingsOf(page)).toEqual([]);
    expect(await cutOff(page)).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(site().url))).toEqual([]);
  });

  inChromium.each(Object.entries(PAGES))(
    '%s does not move what is already there while it loads',
    async (_name, address) => {
      for (const width of [DESKTOP, TELEPHONE]) {
        const { page } = await open('/icono.svg', { width });
        await page.addInitScript(`
        globalThis.shifts = [];
        new PerformanceObserver((list) => {
          for (const shift of list.getEntries())
            shifts.push(...shift.sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? '').slice(0, 120)));
        }).observe({ type: 'layout-shift', buffered: true })`);
        await page.goto(site().url + address);
        await settled(page);
        expect(await ask(page, Texts, 'shifts')).toEqual([]);
      }
    },
  );

  inChromium('has controls at least 40 pixels high on a telephone', async () => {
    for (const address of Object.values(PAGES)) {
      const { page } = await open(address, { width: TELEPHONE });
      await settled(page);
      expect(
        await ask(
          page,
          Texts,
          `[...document.querySelectorAll('.secciones a, .boton, .ficha, .filtros input, .filtros select, .moneda button, .como')]
             .filter((control) => control.checkVisibility() && control.getBoundingClientRect().height < 40)
             .map((control) => control.outerHTML)`,
        ),
      ).toEqual([]);
    }
  });

  inChromium(
    'Hoy shows for each store the age of its data, its sales against usual ones, and the articles that are out',
    async () => {
      const { page } = await open('/');
      await settled(page);
      const rows = await rowsOf(page, 'Tiendas');
      expect(rows[0]?.slice(0, 9)).toEqual([
        'PERIFERICO',
        'hace 12 min',
        '6.120',
        '412',
        '0',
        '1.000',
        '800',
        '+25,0 %',
        '120',
      ]);
      expect(rows[3]?.slice(6)).toEqual(['–', 'sin comparar', '213', 'hace 8 min', '2 días']);
      const [harina, queso] = await rowsOf(page, /de los 200 más vendidos/);
      expect(harina).toEqual([
        'HARINA DE MAIZ BLANCO 1 KG000123 · VIVERES · LA NUESTRA',
        'TAZAJAL incompleto',
        '1.841',
        'hace 18 h',
      ]);
      expect(queso?.at(-1)).toBe('hace más de 1 h');
      expect(await page.locator('.cifras dd').allTextContents()).toEqual([
        '5.500',
        '666 facturas',
        '+13,6 %',
        'en 3 de 4 tiendas',
        '1.870',
        'Ver los que se venden',
        '54',
        'Ver cuáles',
      ]);
    },
  );

  inChromium(
    'Existencias shows the stock of an article, since when, how long it lasts, and which other stores have it',
    async () => {
      const { page } = await open('/existencias');
      await settled(page);
      const rows = await rowsOf(page, /^Existencias/);
      expect(rows).toHaveLength(100);
      expect(rows[4]).toEqual([
        'CAFE MOLIDO GOURMET 500 G000104 · VIVERES · LOS ANDES',
        'PERIFERICO',
        '152 undhace 4 días',
        '2,65',
        '13 und',
        '52 und',
        '81,8',
        'PERIFERICO 18 · BOSQUE 13 +2',
      ]);
    },
  );

  inChromium(
    'Faltantes shows how long each article has been out, the sales lost, and where they are guessed from too few days',
    async () => {
      const { page } = await open('/faltantes');
      await settled(page);
      expect(await rowsOf(page, 'Faltantes')).toEqual([
        [
          'HARINA DE MAIZ BLANCO 1 KG000123 · VIVERES · LA NUESTRA',
          'TAZAJAL',
          '44,52',
          '15 hdesde el 28 nov',
          '0 und',
          '64,321 und',
          '40,469 und',
          '1,10',
          '28 nov',
          'FERIAS 240 · BOSQUE 18 +1',
        ],
        [
          'QUESO BLANCO SEMIDURO004501 · CHARCUTERIA · LOS ANDES',
          'FERIAS incompleto',
          '30,10',
          'más de 60 dantes del 30 sept',
          '-1,25 kg',
          '0,18 kg',
          '10,819 kg',
          '6,45',
          '29 sept',
          'en ninguno',
        ],
      ]);
      expect(await page.locator('.cifras').textContent()).toContain('312');
      expect(await page.locator('.cifras').textContent()).toContain('4.211');
    },
  );

  inChromium('Faltantes of one store marks the articles of which days were not read', async () => {
    const { page } = await open('/faltantes?tienda=tienda_20');
    await settled(page);
    expect((await rowsOf(page, 'Faltantes')).map(([articulo]) => articulo)).toEqual([
      'HARINA DE MAIZ BLANCO 1 KG000123 · VIVERES · LA NUESTRA',
      'QUESO BLANCO SEMIDURO004501 · CHARCUTERIA · LOS ANDESincompleto',
    ]);
  });

  inChromium('Ventas compares only complete days, and marks incomplete ones', async () => {
    const { page } = await open('/ventas');
    await settled(page);
    const rows = await rowsOf(page, /^Ventas por tienda, sáb, 28 nov/);
    expect(rows[0]).toEqual(['FERIAS', '5.400', '900', '+11,1 %', '20,4', '812', '71,25', '340', '9,87']);
    expect(rows[3]?.slice(0, 4)).toEqual(['TAZAJAL incompleto', '1.300', '–', 'sin comparar']);
  });

  inChromium(
    'Ventas says of the total in how many days it is compared, where some are left out',
    async () => {
      const partly = { ...comparacion, diasComparados: 3, dias: 5 };
      site().answer({
        '/ventas': () => ({ body: { ...VENTAS['tienda'], total: total(13400, { comparacion: partly }) } }),
      });
      const { page } = await open('/ventas');
      await settled(page);
      expect(await page.locator('.cifras').textContent()).toContain('sáb, 21 nov; en 3 de 5 días de tienda');
    },
  );

  inChromium('Ventas names the year of days that are not of this year', async () => {
    site().answer({
      '/ventas': () => ({
        body: { ...VENTAS['tienda'], anterior: { desde: '2025-11-29', hasta: '2025-11-29' } },
      }),
    });
    const { page } = await open('/ventas?comparar=anio');
    await settled(page);
    expect(await page.locator('.cifras').textContent()).toContain('antes: sáb, 29 nov 2025');
  });

  inChromium('Ventas says why it knows no percentage of days with more returns than sales', async () => {
    const returned = { comparacion: { ...comparacion, ventaUsd: -24.67, variacionPct: null } };
    site().answer({
      '/ventas': () => ({
        body: { ...VENTAS['articulo'], filas: [venta(HARINA.codigo, HARINA.nombre, 317.26, returned)] },
      }),
    });
    const { page } = await open('/ventas?nivel=articulo');
    await settled(page);
    await page.getByRole('button', { name: 'sin porcentaje' }).click();
    expect(await page.getByRole('dialog').textContent()).toContain('más devoluciones que ventas');
  });

  inChromium('Ventas opens an article in the days and the store that it shows', async () => {
    const { page } = await open('/ventas?nivel=articulo&tienda=tienda_20&desde=2026-11-01&hasta=2026-11-07');
    await settled(page);
    expect(await page.getByRole('link', { name: HARINA.nombre }).getAttribute('href')).toBe(
      `/articulo/${HARINA.codigo}?tienda=tienda_20&desde=2026-11-01&hasta=2026-11-07`,
    );
  });

  inChromium.each([
    [{ comparados: 0, sinComparar: 8 }, 'No se pudo comparar nada'],
    [{ comparados: 0, sinComparar: 0 }, 'No se pudo comparar nada'],
    [{ comparados: 3, sinComparar: 5 }, 'Lo que se pudo comparar cuadra'],
    [{ comparados: 8, sinComparar: 0 }, 'Todo cuadra'],
  ])('Descuadres of nothing that disagrees says what %j means: %s', async (intervalos, title) => {
    site().answer({ '/descuadres': () => ({ body: { ...DESCUADRES, filas: [], intervalos } }) });
    const { page } = await open('/descuadres');
    await settled(page);
    expect(await page.locator('.panel h2').first().textContent()).toBe(title);
  });

  inChromium('Artículo draws the stock as steps above the sales, and lists the numbers of both', async () => {
    const { page } = await open(PAGES.Artículo);
    await settled(page);
    await page.locator('.grafico canvas').nth(1).waitFor();
    expect(await page.getByRole('img', { name: /Existencia y ventas en TAZAJAL/ }).count()).toBe(1);
    expect((await rowsOf(page, 'Existencia y ventas en cada tienda')).map((row) => row.slice(0, 2))).toEqual([
      ['TAZAJAL', '0 und'],
      ['FERIAS incompleto', '240 und'],
      ['BOSQUE', '18 und'],
    ]);
    expect((await rowsOf(page, /^Ventas por día/)).slice(0, 2)).toEqual([
      ['sáb, 28 nov provisional', '71 und', '78,10', '31'],
      ['vie, 27 nov incompleto', '0 und', '0,00', '0'],
    ]);
    expect(await rowsOf(page, /^Llegadas/)).toEqual([
      ['dom, 22 nov', '+460 und'],
      ['vie, 20 nov', '-2 und'],
    ]);
  });

  inChromium(
    'Artículo shows since when each store has none, as Faltantes does, whichever store and days are chosen',
    async () => {
      const [tazajal, ferias] = ARTICULO.tiendas;
      const out = { cantidad: -2, desde: '2026-11-29T09:58:00-04:00' };
      site().answer({
        '/articulos': () => ({
          body: {
            ...ARTICULO,
            tiendas: [
              tazajal,
              {
                ...ferias,
                ...out,
                sinExistencia: { desde: '2026-11-20T09:58:00-04:00', desdeConocido: false },
              },
            ],
          },
        }),
      });
      const { page } = await open(`${PAGES.Artículo}&hasta=2026-11-10`);
      await settled(page);
      const rows = await rowsOf(page, 'Existencia y ventas en cada tienda');
      expect(rows.map((row) => row.slice(0, 3))).toEqual([
        ['TAZAJAL', '0 und', 'hace 5 días'],
        ['FERIAS incompleto', '-2 und', 'hace más de 9 días'],
      ]);
    },
  );

  inChromium('Artículo of a manager opens only the stores of this manager', async () => {
    site().answer({
      '/sesion': () => ({ body: { ...SESION, rol: 'gerente', tiendas: [SESION.tiendas[3]] } }),
    });
    const { page } = await open(PAGES.Artículo);
    await settled(page);
    const stores = page.getByRole('table', { name: 'Existencia y ventas en cada tienda' });
    expect(await stores.locator('a.principal').allTextContents()).toEqual(['TAZAJAL']);
    expect(await stores.textContent()).toContain('FERIAS');
  });

  inChromium('Artículo of a distribution centre has no sales and misses none', async () => {
    site().answer({ '/articulos': () => ({ body: { ...ARTICULO, ventas: [], movimientos: [] } }) });
    const { page } = await open(PAGES.Artículo);
    await settled(page);
    expect(await page.locator('main').textContent()).toContain('es un centro de distribución');
    expect(await page.locator('main').textContent()).toContain('No se vio que llegara o faltara algo.');
  });

  inChromium('Hoy leaves a distribution centre out of what is said of sales', async () => {
    const [first, ...others] = HOY.filas;
    const cedi = { ...first, tipo: 'cedi', ventasHasta: null, hoy: null, habitual: null, variacionPct: null };
    site().answer({ '/tiendas': () => ({ body: { ...HOY, filas: [cedi, ...others] } }) });
    const { page } = await open('/');
    await settled(page);
    expect((await rowsOf(page, 'Tiendas'))[0]?.slice(5)).toEqual(['no vende', '–', '–', '–', '–', 'ninguno']);
    expect(await page.locator('.cifras dd').nth(1).textContent()).toBe('546 facturas');
  });

  inChromium('names a store, and a warehouse, of which something was never loaded', async () => {
    const datosHasta = { ...HOY.datosHasta, sinCargar: ['tienda_08'] };
    const filas = HOY.filas.map((fila, index) => (index === 1 ? { ...fila, sinCargar: ['APP-PBQ'] } : fila));
    site().answer({ '/tiendas': () => ({ body: { ...HOY, filas, datosHasta } }) });
    const { page } = await open('/');
    await settled(page);
    const stamp = await page.locator('.sello').textContent();
    expect(stamp).toContain('Sin cargar: BOSQUE');
    expect(stamp).toContain('Ventas provisionales: 28 nov, hoy');
    expect((await rowsOf(page, 'Tiendas'))[1]?.[1]).toBe('hace 12 minAPP-PBQ sin cargar');
  });

  inChromium('Ventas of today says until when they are read, or that they are not', async () => {
    const cobertura = {
      completa: true,
      huecos: [{ tienda: 'tienda_20', dia: '2026-11-29', estado: 'provisional' }],
    };
    const stampOf = async (ventas: string | null): Promise<string | null> => {
      const datosHasta = { ...HOY.datosHasta, ventas };
      site().answer({ '/ventas': () => ({ body: { ...VENTAS['tienda'], cobertura, datosHasta } }) });
      const { page } = await open('/ventas?desde=2026-11-29&hasta=2026-11-29');
      await settled(page);
      return page.locator('.sello').textContent();
    };
    expect(await stampOf('2026-11-29T10:32:00-04:00')).toContain('Ventas de hoy hasta las 10:32');
    expect(await stampOf('2026-11-28T23:32:00-04:00')).toContain('Ventas de hoy sin leer en alguna tienda');
  });

  inChromium('says that nothing is known to be out while sales are not read', async () => {
    const cobertura = INCOMPLETE;
    site().answer({
      '/tiendas': () => ({ body: { ...HOY, cobertura, destacados: [] } }),
      '/agotados': () => ({
        body: {
          ...AGOTADOS,
          cobertura,
          filas: [],
          total: { articulos: 0, usdNoVendidos: 0, incompleto: true },
        },
      }),
    });
    const { page } = await open('/');
    await settled(page);
    expect(await page.locator('main').textContent()).toContain(
      'De los días de ventas que se leyeron, ninguno',
    );
    await page.getByRole('link', { name: 'Faltantes', exact: true }).first().click();
    await settled(page);
    expect(await page.locator('.panel').textContent()).toContain(
      'De lo que se leyó de las ventas, no falta nada',
    );
    expect(await page.locator('.cifras').textContent()).toContain('incompleto');
  });

  inChromium('Artículo shows an answer of before it knew since when a store has none', async () => {
    const tiendas = ARTICULO.tiendas.map((row) => ({ ...row, sinExistencia: undefined }));
    site().answer({ '/articulos': () => ({ body: { ...ARTICULO, tiendas } }) });
    const { page } = await open(PAGES.Artículo);
    await settled(page);
    expect((await rowsOf(page, 'Existencia y ventas en cada tienda'))[0]?.[2]).toBe('hace 18 h');
  });

  inChromium(
    'Descuadres shows stock that disagrees with the sales, and the invoice that made a stock negative',
    async () => {
      const { page } = await open('/descuadres');
      await settled(page);
      expect((await rowsOf(page, /^Lo que no cuadra/))[1]?.slice(1)).toEqual([
        'FERIAS incompleto',
        '31,5 kg',
        '9,1 kg',
        '18,25 kg',
        '-4,15 kg',
        '-26,77',
      ]);
      expect((await rowsOf(page, /por debajo de cero/))[0]?.at(-1)).toBe('F10-0012345, hace 1 h, 2,5 kg');
    },
  );

  inChromium('Datos shows which days are complete, what fails, and what to do about it', async () => {
    const { page } = await open('/datos');
    await page.locator('.calendario').waitFor();
    const tazajal = page.locator('.calendario tr', { hasText: 'TAZAJAL' }).locator('td');
    expect(await tazajal.nth(24).textContent()).toContain('completo');
    expect(await tazajal.nth(25).textContent()).toContain('fallido');
    expect(await tazajal.nth(26).textContent()).toContain('falta');
    expect(await page.locator('.fallas').textContent()).toContain(
      'Qué hacer: Se vuelve a pedir en cada carga.',
    );
    expect((await rowsOf(page, 'Las últimas 20 cargas'))[0]?.slice(2)).toEqual([
      '2 min',
      'parcial',
      'en sus tiendas',
    ]);
  });

  inChromium('Datos names the last run that went wrong, and runs that no longer come', async () => {
    const [ventas, , secreto] = DATOS.ejecuciones;
    const { page } = await open('/icono.svg');
    const expectFailing = async (
      ejecuciones: readonly unknown[],
      texts: readonly string[],
    ): Promise<void> => {
      site().answer({ '/datos': () => ({ body: { ...DATOS, fallas: [], ejecuciones } }) });
      await page.goto(`${site().url}/datos`);
      const failing = page.locator('section', { hasText: 'Qué falla ahora' }).first();
      // The last answer is shown until the new one is there.
      await eventually(async () => {
        const shown = await failing.locator('li, p.suave').allTextContents();
        expect(shown.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual(texts);
      });
    };
    const good = { ...ventas, estado: 'exitosa', error: null };
    const running = { ...secreto, id: 'a9', estado: 'en_curso', error: null };

    await expectFailing([], ['Todavía no hubo ninguna carga.']);
    await expectFailing([good], ['Nada. Las últimas cargas terminaron bien.']);
    await expectFailing(
      [good, running, secreto],
      [
        'La última carga de inventario terminó fallida hace 42 min · SECRETO_INACCESIBLEQué hacer: Revise el secreto y su permiso.',
      ],
    );
    expect(await findingsOf(page)).toEqual([]);
    await expectFailing(
      [ventas],
      [
        'La última carga de ventas terminó parcial hace 8 minQué hacer: lo que falló está aquí, por tienda, mientras siga fallando; la próxima carga lo intenta otra vez.',
      ],
    );
    await expectFailing(
      [{ ...good, inicio: '2026-11-29T08:32:00-04:00' }],
      [
        'La última carga de ventas es de hace 2 hQué hacer: hay una cada 30 minutos; avise a quien opera el sistema.',
      ],
    );
  });

  inChromium(
    'Datos says since when sales are known, and of a month before that no day is missing',
    async () => {
      const { page } = await open('/datos');
      await page.locator('.calendario').waitFor();
      expect(await page.locator('.huecos').textContent()).toContain(
        'BOSQUE: no se conocen ventas antes del 4 nov',
      );
      // A day to come has no mark, so that the one of the legend is of those days alone.
      const bosque = page.locator('.calendario tr', { hasText: 'BOSQUE' }).locator('td');
      expect(await bosque.nth(2).textContent()).toBe('·antes del primer día que se pidió a KLK');
      expect(await bosque.last().textContent()).toBe('todavía no llega');

      site().answer({
        '/datos': () => ({
          body: {
            ...DATOS,
            cobertura: { completa: true, huecos: [] },
            tiendas: DATOS.tiendas.map(({ tienda }) => ({ tienda, estados: DATOS.dias.map(() => null) })),
          },
        }),
      });
      const before = await open('/datos?mes=2026-10');
      await before.page.locator('.calendario').waitFor();
      expect(await before.page.locator('main').textContent()).not.toContain('no falta ningún día');
      expect(await before.page.locator('.huecos').textContent()).toBe(
        'PERIFERICO, BOSQUE, FERIAS, TAZAJAL: no se conocen ventas de este mes',
      );
      expect(await before.page.locator('.leyenda').textContent()).toContain(
        'antes del primer día que se pidió a KLK',
      );
    },
  );

  inChromium('says at an unknown address that it does not exist, and links back', async () => {
    const { page } = await open('/no-existe');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Esta página no existe');
    await page.getByRole('link', { name: 'Hoy' }).last().click();
    await page.waitForURL(`${site().url}/`);
  });
});

/** What reaches beyond the window, or what a person would have to scroll sideways for. */
const cutOff = (page: Page): Promise<string[]> =>
  ask(
    page,
    Texts,
    `[document.documentElement, ...document.querySelectorAll('td, th, a, button, p, input, select')]
       .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.matches('.saltar, .saltar *'))
       .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 || element.scrollWidth > innerWidth + 1)
       .map((element) => element.outerHTML.slice(0, 200))`,
  );
