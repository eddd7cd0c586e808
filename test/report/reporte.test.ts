import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { z } from 'zod';
import { readReporte } from '../../bin/report/read-reporte.ts';
import { renderReporte } from '../../bin/report/page.ts';
import { ERRORES } from '../../lambdas/core/errors/codes.ts';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import { startBrowser } from '../support/chromium.ts';
import { createDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { insertTiendas, load } from '../support/inventory.ts';
import { executable, inChromium, unless } from '../support/page.ts';
import { insertRun, insertYears } from '../support/past-runs.ts';
import { BOSQUE, PERIFERICO, ejecucion, snapshot } from '../support/snapshots.ts';
import { questionContext } from '../support/world.ts';
import { openPage } from './browser.ts';

const CATALOGO = [PERIFERICO, BOSQUE];

const nameOrigen = (origen: string): string => origen;

const MINUTE_MS = 60_000;
const ago = (minutes: number): Date => new Date(Date.now() - minutes * MINUTE_MS);

const Numbers = z.array(z.number());
const Cells = z.array(z.array(z.string()));
const AxeResults = z.object({ violations: z.array(z.object({ id: z.string(), help: z.string() })) });

describe(`the report in a real browser${unless}`, () => {
  const databases = new Map<string, TestDatabase>();
  const pages = new Map<string, string>();
  let browser: Browser;

  const create = async (name: string, fill: (database: TestDatabase) => Promise<void>): Promise<void> => {
    const database = await createDatabase();
    databases.set(name, database);
    await fill(database);
    pages.set(name, await render(database));
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
    await create('fifteen runs', insertFifteenRuns);
    await create('a failed program', insertFailedProgram);
    await create('a stopped schedule', insertStoppedSchedule);
    await create('good health', insertGoodHealth);
    await create('sales', insertSales);
    await create('a year', async (database) => {
      await insertTiendas(database.etl, CATALOGO);
      await insertYears(database, 1);
    });
  });
  afterAll(async () => {
    if (executable === undefined) return;
    await browser.close();
    await Promise.all([...databases.values()].map((database) => database.drop()));
  });

  const STATES = ['nothing', 'one run', 'fifteen runs', 'sales', 'a year'];

  inChromium.each(STATES)(
    'of %s loads nothing, runs no script, and is never wider than the window',
    async (name) => {
      const { page, requests, complaints } = await open(name, { javaScriptEnabled: false });

      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Inventario y ventas de KLK');
      expect(await page.getByRole('heading', { level: 2 }).count()).toBe(14);
      for (const width of [360, 400, 800, 1100, 1400]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await cutOff(page)).toEqual([]);
      }
      expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
      expect(pages.get(name)).not.toContain('<script');
    },
  );

  inChromium.each(
    STATES.flatMap((name) => [
      { name, look: 'light' as const, width: 1280 },
      { name, look: 'dark' as const, width: 400 },
    ]),
  )(
    'of $name has no violation of axe in the $look theme, $width pixels wide',
    async ({ name, look, width }) => {
      const { page } = await open(name, { colorScheme: look });
      await page.setViewportSize({ width, height: 800 });
      await page.addScriptTag({ content: axe.source });
      const { violations } = AxeResults.parse(await page.evaluate('axe.run()'));
      expect(violations).toEqual([]);
    },
    120_000,
  );

  inChromium('is printed black on white, even if the reader prefers a dark screen', async () => {
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

  inChromium('shows every warehouse of the catalogue with the values of the tables', async () => {
    const { page } = await open('one run');
    const [loaded, never, failed] = await rowsOf(page, 'Estado de cada almacén');
    expect(loaded).toEqual([
      'PERIFERICO tienda_01',
      'APP-TPF',
      expect.stringMatching(/^al día hace \d+ (s|min)$/),
      expect.stringMatching(/1 de 1$/),
      expect.stringMatching(/^20\d\d-\d\d-\d\d \d\d:\d\d$/),
      '3',
      '1',
      '2',
      'cargado en 11111111',
    ]);
    expect(never?.[4]).toBe('nunca');
    expect(failed?.at(-1)).toBe('fallido KLK_VACIA en 11111111');
  });

  inChromium('begins with the stores that fail, in a colour that shows how serious it is', async () => {
    const stateOf = async (name: string): Promise<{ text: string; classes: string }> => {
      const { page } = await open(name);
      const state = page.getByRole('region', { name: 'Estado general' });
      return {
        text: ((await state.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim(),
        classes: (await state.getAttribute('class')) ?? '',
      };
    };
    expect(await stateOf('nothing')).toMatchObject({
      text: 'Todavía no hubo ninguna ejecución Para empezar: npm run etl',
      classes: 'estado neutro',
    });
    expect(await stateOf('good health')).toEqual({
      text: 'Todo al día Las 2 tiendas tienen inventario de menos de 2 h.',
      classes: 'estado bien',
    });
    expect(await stateOf('fifteen runs')).toEqual({
      text: '1 tienda falla Falló su último intento; el inventario todavía es reciente: BOSQUE (tienda_08).',
      classes: 'estado regular',
    });
    expect(await stateOf('a failed program')).toEqual({
      text: '2 tiendas sin inventario al día La última ejecución falló antes de llegar a las tiendas. Con inventario de más de 2 h: PERIFERICO (tienda_01), BOSQUE (tienda_08).',
      classes: 'estado mal',
    });
  });

  inChromium(
    'shows each current failure: store, since when, in which run, and the command that repairs it',
    async () => {
      const { page } = await open('fifteen runs');
      expect(await rowsOf(page, 'Almacenes que fallan por KLK_VACIA')).toEqual([
        [
          'tienda_08 APP-TBQ',
          expect.stringMatching(/^20.*, hace 1 h 5 min$/),
          '3',
          idOf(1).slice(0, 8),
          expect.stringMatching(/^1 artículo de 20/),
          'mensaje de KLK_VACIA',
        ],
      ]);
      const failing = sectionOf(page, 'Fallando ahora');
      expect(await failing.textContent()).toContain(ERRORES.KLK_VACIA.remedio);
      expect(await failing.locator('code.orden').allTextContents()).toEqual([
        'npm run etl -- tiendas',
        `npm run etl -- historial ${idOf(1).slice(0, 8)}`,
      ]);
    },
  );

  inChromium('lists failures that are over apart from current ones', async () => {
    const { page } = await open('fifteen runs');
    expect(await rowsOf(page, 'Fallos recuperados')).toEqual([
      [
        expect.stringMatching(/^20/),
        'tienda_01 APP-TPF',
        'KLK_INCOMPLETA',
        '1',
        expect.stringMatching(/^20/),
        idOf(9).slice(0, 8),
        'mensaje de KLK_INCOMPLETA',
      ],
    ]);
  });

  inChromium('says when runs fail before any store, and when no run was started at all', async () => {
    const failed = await open('a failed program');
    const [whole] = await rowsOf(failed.page, 'Almacenes que fallan por SECRETO_INACCESIBLE');
    expect(whole?.slice(0, 4)).toEqual([
      'toda la ejecución',
      expect.stringMatching(/hace 3 h$/),
      '2',
      idOf(1).slice(0, 8),
    ]);
    const stopped = await open('a stopped schedule');
    expect((await rowsOf(stopped.page, 'Nadie los pide')).map(([where]) => where)).toEqual([
      'tienda_01 APP-TPF',
      'tienda_01 APP-PPF',
      'tienda_08 APP-TBQ',
    ]);
    expect(await stopped.page.locator('code.orden').allTextContents()).toContain(
      'npm run etl -- --tiendas tienda_01 tienda_08',
    );
  });

  inChromium('says how many rows and runs it leaves out, and the command that shows them', async () => {
    const { page } = await open('fifteen runs');
    const rows = await rowsOf(page, 'Filas rechazadas de APP-TPF');
    expect(rows).toHaveLength(5);
    expect(rows[0]?.slice(0, 4)).toEqual([
      'stock',
      expect.stringMatching(/^"<b>x/),
      '<b>HARINA</b>',
      '000001',
    ]);
    const rejected = await sectionOf(page, 'Filas rechazadas').textContent();
    expect(rejected).toContain('13 filas');
    expect(rejected).toMatch(/Y 8 más\. Enteras:\s+npm run etl -- rechazos --tienda tienda_01 --csv/);

    const year = await open('a year');
    const recent = await sectionOf(year.page, 'Últimas ejecuciones').textContent();
    expect(recent).toMatch(
      /Y 17\d\d\d más en el último año.*npm run etl -- historial --desde 20\d\d-\d\d-\d\d/s,
    );
  });

  inChromium('shows every past failure, however many there are', async () => {
    const database = databases.get('a year');
    const page = await pageOf(database, async () => {
      await database?.query(
        `UPDATE etl_ejecucion_almacenes AS m SET error_codigo = 'CODIGO_' || (e.n % 40), estado = 'fallido'
           FROM (SELECT id, row_number() OVER (ORDER BY inicio) AS n FROM etl_ejecuciones) AS e
          WHERE m.ejecucion_id = e.id AND e.n BETWEEN 500 AND 600`,
      );
    });
    for (let n = 0; n < 40; n += 1) expect(page).toContain(`CODIGO_${n}<`);
  });

  inChromium('shows for every fresh store the word, its age and a visible bar', async () => {
    const { page } = await open('good health');
    const bars = await ask(
      page,
      Numbers,
      `[...document.querySelectorAll('.edad.bien > span')].map((bar) => bar.offsetWidth)`,
    );
    expect(bars).toHaveLength(3);
    expect(Math.min(...bars)).toBeGreaterThan(3);
    expect(await page.locator('.intentos rect.bien').count()).toBe(3);
  });

  inChromium('begins its time axes where the data begins', async () => {
    const { page } = await open('fifteen runs');
    const starts = await ask(
      page,
      Numbers,
      `[...document.querySelectorAll('figure .ancho svg')].map((chart) =>
         Math.min(...[...chart.querySelectorAll('.mark-rect > path')].map((bar) => bar.getBBox().x)))`,
    );
    expect(starts.slice(0, 2).map(Math.round)).toEqual([0, 0]);
  });

  inChromium('shows each command as code that one click selects completely', async () => {
    for (const name of [...STATES, 'a failed program', 'a stopped schedule']) {
      const { page } = await open(name);
      const commands = page.locator('code.orden');
      expect(await commands.count()).toBeGreaterThan(0);
      for (const text of await commands.allTextContents())
        expect(text).toMatch(/^npm run (etl|ventas)( -- [-\w ]+)?$/);
      expect(
        await ask(page, z.string(), `getComputedStyle(document.querySelector('code.orden')).userSelect`),
      ).toBe('all');
    }
  });

  inChromium('shows rows as cards that repeat the headings on a telephone', async () => {
    const { page } = await open('one run');
    await page.setViewportSize({ width: 400, height: 800 });
    const heading = await ask(
      page,
      z.string(),
      `getComputedStyle(document.querySelectorAll('[aria-label="Estado de cada almacén"] tbody td')[5], '::before').content`,
    );
    expect(heading).toBe('"Artículos"');
  });

  inChromium('counts as many runs of each state as the table holds', async () => {
    const { page } = await open('a year');
    const shown = new Map<string, number>();
    for (const [, estado = '', count = ''] of await rowsOf(page, 'Ejecuciones por período')) {
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

  inChromium('draws one bar for each period and state', async () => {
    const { page } = await open('a year');
    const periods = await query(
      'a year',
      `SELECT DISTINCT date_trunc('week', inicio AT TIME ZONE 'America/Caracas'), estado FROM etl_ejecuciones`,
    );
    const chart = page.getByRole('img', { name: 'Ejecuciones por estado' }).locator('.ancho svg');
    expect(await chart.locator('.mark-rect > path').count()).toBe(periods.length);
  });

  inChromium(
    'shows which days of sales are complete, and the command that reads each other day',
    async () => {
      const { page } = await open('sales');
      const [periferico, bosque] = await rowsOf(page, 'Cobertura de las ventas por tienda');
      expect(periferico?.slice(2, 6)).toEqual(['17', '3', '0', '0']);
      expect(bosque?.slice(2, 6)).toEqual(['15', '3', '1', '1']);
      const label = await page.locator('svg.dias').nth(1).getAttribute('aria-label');
      expect(label).toBe('15 completos, 3 provisionales, 1 que faltan y 1 fallidos');
      const cobertura = sectionOf(page, 'Ventas: cobertura');
      expect(await cobertura.locator('code.orden').allTextContents()).toEqual([
        `npm run ventas -- --tiendas tienda_08 --desde ${dia(5)} --hasta ${dia(5)}`,
        'npm run ventas -- sondeo --tienda tienda_08',
        `npm run ventas -- --tiendas tienda_08 --desde ${dia(3)} --hasta ${dia(3)}`,
      ]);
      expect(await page.getByRole('region', { name: 'Estado general' }).textContent()).toContain(
        'BOSQUE (tienda_08)',
      );
    },
  );

  inChromium('distinguishes the states of a day without colours', async () => {
    const { page } = await open('sales');
    const shapes = await ask(
      page,
      z.array(z.string()),
      `[...new Set([...document.querySelectorAll('svg.dias rect')].map((day) =>
         day.querySelector('title').textContent.split(' ')[1] + ' ' + day.getAttribute('height') + ' ' + (day.nextElementSibling?.tagName === 'path')))].sort()`,
    );
    expect(shapes).toEqual(['completo 16 false', 'fallido 16 true', 'falta 3 false', 'provisional 8 false']);
  });

  inChromium('shows what each store sold, its quarantined lines and its runs', async () => {
    const { page } = await open('sales');
    expect((await rowsOf(page, 'Ventas por tienda'))[0]?.slice(2)).toEqual(['1000', '40', '7000']);
    expect((await rowsOf(page, 'Líneas de ventas rechazadas'))[0]?.slice(1, 6)).toEqual([
      'tienda_08',
      'C10-1',
      '1',
      'cantidad_vendida',
      '"abc"',
    ]);
    expect((await rowsOf(page, 'Últimas ejecuciones de ventas'))[0]?.slice(5)).toEqual([
      '40 leídos, 1 fallido',
      '12',
      '0',
      '0',
      'KLK_OTRO_TRAMO',
    ]);
  });

  inChromium('compares stock with sales, and says where they cannot be compared', async () => {
    const { page } = await open('sales');
    const [periferico] = await rowsOf(page, 'Intervalos comparados por tienda');
    expect(periferico).toEqual(['PERIFERICO tienda_01', '2', '1', '1 sin ventas leídas después', '1']);
    const [article] = await rowsOf(page, 'Artículos que menos cuadran');
    expect([article?.[0], ...(article?.slice(2) ?? [])]).toEqual(['tienda_01', '000001', '0', '-2']);
  });

  inChromium('says of an empty database that nothing was loaded yet', async () => {
    const { page } = await open('nothing');
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).toContain('Todavía no hubo ninguna ejecución.');
    expect((await rowsOf(page, 'Estado de cada almacén')).map((row) => row.at(-1))).toEqual(
      Array(3).fill('ninguno'),
    );
  });
});

/** What a script in the page says. */
const ask = async <T>(page: Page, schema: z.ZodType<T>, script: string): Promise<T> =>
  schema.parse(await page.evaluate(script));

/** The part of the page below a heading. */
const sectionOf = (page: Page, heading: string): Locator =>
  page.locator('section', { has: page.getByRole('heading', { level: 2, name: heading, exact: true }) });

/** What reaches beyond the window: the page itself, or what a person would have to scroll sideways for. */
const cutOff = (page: Page): Promise<string[]> =>
  ask(
    page,
    z.array(z.string()),
    `[document.documentElement, ...document.querySelectorAll('td, th, code, svg, p')]
       .filter((element) => element.checkVisibility() && !element.closest('thead'))
       .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
       .map((element) => element.outerHTML.slice(0, 200))`,
  );

/** The report on a database. */
async function render({ etl }: TestDatabase): Promise<string> {
  const context = questionContext(etl, CATALOGO);
  return renderReporte(await readReporte(context), { ...context, nameOrigen });
}

/** The page of a database after something was changed in it. */
async function pageOf(database: TestDatabase | undefined, change: () => Promise<void>): Promise<string> {
  await change();
  if (database === undefined) return '';
  return render(database);
}

/** The cells of the tables of this name. */
const rowsOf = async (page: Page, name: string): Promise<string[][]> =>
  Cells.parse(
    await page.evaluate(
      `[...document.querySelectorAll('[aria-label="${name}"] tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent.replaceAll(/\\s+/g, ' ').trim()))`,
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

/** A run's id, in the order of their age. */
const idOf = (n: number): string => `${String(n).padStart(8, 'a')}-0000-4000-8000-000000000000`;

const ALMACENES = CATALOGO.flatMap(({ id, almacenes }) =>
  almacenes.map(({ codigo }) => ({ almacen: codigo, tienda: id })),
);

/** Every warehouse holds one article, extracted so many minutes ago. */
async function loadAll(database: TestDatabase, minutes: number): Promise<void> {
  await insertTiendas(database.etl, CATALOGO);
  for (const { almacen, tienda } of ALMACENES) {
    await load(
      database.etl,
      snapshot({ '000001': '5' }, { almacen, ubicacionId: tienda, extraccion: ago(minutes) }),
    );
  }
}

/** Every half hour, the last five minutes ago: BOSQUE fails since three, PERIFERICO failed once. */
async function insertFifteenRuns(database: TestDatabase): Promise<void> {
  await loadAll(database, 5);
  const codeOf = (almacen: string, n: number): string | undefined => {
    if (almacen === 'APP-TBQ' && n <= 3) return 'KLK_VACIA';
    return almacen === 'APP-TPF' && n === 9 ? 'KLK_INCOMPLETA' : undefined;
  };
  for (let n = 15; n >= 1; n -= 1) {
    const almacenes = ALMACENES.map((almacen) => {
      const codigo = codeOf(almacen.almacen, n);
      return {
        ...almacen,
        ...(codigo === undefined ? { rechazados: almacen.almacen === 'APP-TPF' ? 13 : 0 } : { codigo }),
      };
    });
    const failed = almacenes.some((almacen) => 'codigo' in almacen);
    await insertRun(database, {
      id: idOf(n),
      inicio: ago(5 + 30 * (n - 1)),
      estado: failed ? 'parcial' : 'exitosa',
      almacenes,
    });
  }
  await database.query(
    `INSERT INTO etl_rechazos (ejecucion_id, almacen_codigo, producto_codigo, motivo, fila)
     SELECT $1, 'APP-TPF', lpad(n::text, 6, '0'), 'EXISTENCIA_ILEGIBLE', '{"Codigo":"' || lpad(n::text, 6, '0') || '","NombreProducto":"<b>HARINA</b>","stock":"' || repeat('<b>x', 400) || '"}'
       FROM generate_series(1, 13) AS n`,
    [idOf(1)],
  );
}

/** Twice no secret, since three hours ago. */
async function insertFailedProgram(database: TestDatabase): Promise<void> {
  await loadAll(database, 210);
  await insertRun(database, { id: idOf(3), inicio: ago(210), estado: 'exitosa', almacenes: ALMACENES });
  await insertRun(database, {
    id: idOf(2),
    inicio: ago(180),
    estado: 'fallida',
    codigo: 'SECRETO_INACCESIBLE',
  });
  await insertRun(database, {
    id: idOf(1),
    inicio: ago(150),
    estado: 'fallida',
    codigo: 'SECRETO_INACCESIBLE',
  });
}

/** All went well until three hours ago. */
async function insertStoppedSchedule(database: TestDatabase): Promise<void> {
  await loadAll(database, 180);
  await insertRun(database, { id: idOf(1), inicio: ago(180), estado: 'exitosa', almacenes: ALMACENES });
}

async function insertGoodHealth(database: TestDatabase): Promise<void> {
  await loadAll(database, 1);
  await insertRun(database, { id: idOf(1), inicio: ago(1), estado: 'exitosa', almacenes: ALMACENES });
}

/** A day of the stores, so many days ago. */
const dia = (daysAgo: number): string => addDias(diaAt(new Date()), -daysAgo);

/**
 * Twenty days of sales, those older than the last three closed. BOSQUE lacks one day and failed on another. PERIFERICO's stock was
 * accepted three times; sales were read after the first two only.
 */
async function insertSales(database: TestDatabase): Promise<void> {
  await loadAll(database, 200);
  const [article] = ALMACENES;
  for (const [minutes, cantidad] of [
    [100, '3'],
    [1, '3'],
  ] as const) {
    await load(
      database.etl,
      snapshot(
        { '000001': cantidad },
        { almacen: article?.almacen ?? '', ubicacionId: article?.tienda ?? '', extraccion: ago(minutes) },
      ),
    );
  }
  await insertRun(database, { id: idOf(1), inicio: ago(1), estado: 'exitosa', almacenes: ALMACENES });
  await database.query(
    `INSERT INTO etl_ejecuciones (id, flujo, origen, estado, inicio, fin, tiendas, cargadas, fallidas, omitidas, extraidos, rechazados,
                                  lineas_nuevas, lineas_cambiadas, lineas_retiradas, tramos_leidos, tramos_fallidos, tramos_pendientes, venta_total)
     VALUES ($1::uuid, 'ventas', 'programada', 'parcial', now() - interval '50 minutes', now() - interval '49 minutes', 2, 1, 1, 0, 40, 1, 12, 0, 0, 40, 1, 0, 1000)`,
    [idOf(2)],
  );
  await database.query(
    `INSERT INTO etl_ejecucion_ventas
     SELECT $1::uuid, tienda, CASE WHEN codigo IS NULL THEN 'cargada' ELSE 'fallida' END, 20, 20, 0, 0, 0, 20, 20, 0, 0, 6, 0, 0, 500,
            codigo, codigo, NULL, 100, 10, 50
       FROM (VALUES ('tienda_01', NULL), ('tienda_08', 'KLK_OTRO_TRAMO')) AS t (tienda, codigo)`,
    [idOf(2)],
  );
  await database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lineas, facturas, venta_total, unidades, lecturas, leido, ejecucion_id, cerrado)
     SELECT tienda, $1::date - n, '00:00', '24:00', CASE WHEN n < 3 THEN 'provisional' ELSE 'cerrado' END, 80, 40, 1000, 80, 2,
            now() - interval '50 minutes', $2::uuid, CASE WHEN n >= 3 THEN now() - interval '50 minutes' END
       FROM unnest(ARRAY['tienda_01', 'tienda_08']) AS tienda, generate_series(0, 19) AS n
      WHERE tienda = 'tienda_01' OR n <> 5`,
    [dia(0), idOf(2)],
  );
  await database.query(
    `UPDATE ventas_tramos SET estado = 'fallido', error_codigo = 'KLK_OTRO_TRAMO', error_mensaje = 'otras horas', error_momento = now(), rechazadas = 1
      WHERE ubicacion_id = 'tienda_08' AND dia = $1::date`,
    [dia(3)],
  );
  await database.query(
    `INSERT INTO ventas_rechazos (ejecucion_id, ubicacion_id, dia, desde, numero_factura, linea, producto_codigo, motivo, fila)
     VALUES ($1::uuid, 'tienda_08', $2::date, '00:00', 'C10-1', 1, '000001', 'CANTIDAD_ILEGIBLE', '{"cantidad":[{"cantidad_vendida":"abc"}]}')`,
    [idOf(2), dia(3)],
  );
}
