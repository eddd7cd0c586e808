import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VENTAS_FAULTS } from '../../local/klk-simulator/faults.ts';
import type { VentasFaultSetting } from '../../local/klk-simulator/faults.ts';
import type { Resumen } from '../../lambdas/ventas-klk/summary.ts';
import { ALTAMIRA, BELLO_MONTE } from '../support/ventas-run.ts';
import type { VentasOptions } from '../support/ventas-run.ts';
import { AYER, HOY, findUntrue, readVendido, truthOf } from '../support/ventas-scene.ts';
import { useWatchedVentas } from './watched-ventas.ts';

const world = await useWatchedVentas();
const { klk, database } = world;
const caracas = (momento: string): Date => new Date(`${momento}:00-04:00`);

/** The days that these runs want, oldest first; the second is the one about which KLK goes wrong. */
const ANTEAYER = '2026-11-22';
const MANANA = '2026-11-25';
const DIAS = [ANTEAYER, AYER, HOY, MANANA];

const TUNABLES = { ventasDesde: ANTEAYER };

const OPTIONS: VentasOptions = { tunables: TUNABLES, klk: { maxBytes: 1_000_000 } };

/** A silent KLK is given up soon. */
const IMPATIENT: VentasOptions = { ...OPTIONS, klk: { ...OPTIONS.klk, timeoutMs: 2_000 } };

/** Everything is read on a Tuesday afternoon; then it is past midnight, and each day is read again. */
beforeEach(async () => {
  await world.reset();
  expect((await world.start({ tunables: TUNABLES })).estado).toBe('exitosa');
  world.setNow(caracas(`${MANANA}T00:30`));
});

const codigosOf = ({ tiendas }: Resumen, { id }: { readonly id: string }): string[] => [
  ...new Set(tiendas.find((tienda) => tienda.id === id)?.errores.map(({ codigo }) => codigo)),
];

/** The rows that the slices of the day hold which the ledger calls failed. */
const FAILED = `
  SELECT v.* FROM ventas_tramos t JOIN ventas v USING (ubicacion_id, dia)
   WHERE t.ubicacion_id = $1::text AND t.dia = $2::date AND t.estado = 'fallido'
     AND v.fecha_venta >= (t.dia + t.desde) AT TIME ZONE 'America/Caracas' AND v.fecha_venta < (t.dia + t.hasta) AT TIME ZONE 'America/Caracas'
   ORDER BY v.numero_factura, v.linea`;

/** Once KLK is well and what failed has waited long enough, a run loads it: every line of every store and day is KLK's. */
async function expectHealed(): Promise<void> {
  klk.setFault(ALTAMIRA.sucursalKlk, undefined);
  await database.query(`UPDATE ventas_tramos SET error_momento = error_momento - interval '1 day'`);
  expect((await world.run(OPTIONS)).estado).toBe('exitosa');
  expect(await findUntrue(world, DIAS)).toEqual([]);
  expect(await database.query(`SELECT FROM ventas_tramos WHERE error_codigo IS NOT NULL`)).toEqual([]);
}

/** Faults that this file has tried, by name. */
const tried = new Set<string>();
const note = (fault: VentasFaultSetting): VentasFaultSetting => {
  tried.add(typeof fault === 'string' ? fault : fault.tipo);
  return fault;
};

/**
 * While KLK answers so about one day of a store, the slices that it spoils keep their lines and are marked; everything else is loaded.
 * Once KLK is well the next run loads the rest.
 */
async function expectKept(
  fault: VentasFaultSetting,
  codigos: readonly string[],
  { veces = Infinity, options = OPTIONS }: { readonly veces?: number; readonly options?: VentasOptions } = {},
): Promise<void> {
  await database.query('CREATE TABLE antes AS TABLE ventas');
  klk.setFault(ALTAMIRA.sucursalKlk, note(fault), { veces, dia: AYER });

  const resumen = await world.run(options);

  expect(resumen.estado).toBe('parcial');
  expect(codigosOf(resumen, ALTAMIRA).filter((codigo) => !codigos.includes(codigo))).toEqual([]);
  expect(codigosOf(resumen, ALTAMIRA)).not.toEqual([]);
  expect(codigosOf(resumen, BELLO_MONTE)).toEqual([]);
  const failed = await database.query(FAILED, [ALTAMIRA.id, AYER]);
  expect(failed).toEqual(
    await database.query(FAILED.replace('JOIN ventas v', 'JOIN antes v'), [ALTAMIRA.id, AYER]),
  );
  for (const dia of [HOY, MANANA])
    expect(await readVendido(database, ALTAMIRA, dia)).toEqual(truthOf(klk, ALTAMIRA, dia));
  for (const dia of DIAS)
    expect(await readVendido(database, BELLO_MONTE, dia)).toEqual(truthOf(klk, BELLO_MONTE, dia));
  await expectHealed();
}

afterEach(() => database.query('DROP TABLE IF EXISTS antes'));

describe('The connection to KLK', () => {
  it.each([
    ['closes the connection', 'cierra', 'KLK_CORTADA', OPTIONS],
    ['resets the connection', 'reset', 'KLK_CORTADA', OPTIONS],
    ['never answers', 'sin-cabeceras', 'KLK_SIN_RESPUESTA', IMPATIENT],
    ['sends less than it announced', 'cuerpo-corto', 'KLK_CORTADA', OPTIONS],
    ['drips without an end', 'goteo', 'KLK_SIN_RESPUESTA', IMPATIENT],
    ['sends without an end', 'infinito', 'KLK_DEMASIADO_GRANDE', OPTIONS],
  ] as const)('A slice keeps its lines while KLK %s', async (_what, fault, codigo, options) => {
    await expectKept(fault, [codigo], { options });
  });

  it('A store whose answers never end is left after a few dozen requests, and does not keep the others waiting', async () => {
    klk.requests.splice(0);
    klk.setFault(ALTAMIRA.sucursalKlk, 'infinito');

    const resumen = await world.run(OPTIONS);

    expect(codigosOf(resumen, ALTAMIRA)).toEqual(['KLK_DEMASIADO_GRANDE']);
    expect(codigosOf(resumen, BELLO_MONTE)).toEqual([]);
    const asked = klk.requests.filter(({ pedidoVentas }) => pedidoVentas?.sucursal === ALTAMIRA.sucursalKlk);
    expect(asked.length).toBeLessThan(60);
    await expectHealed();
  });

  it('A slow answer is awaited', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, note('lenta'), { veces: 1, dia: AYER });
    await expectHealed();
  });
});

describe('The status of an answer', () => {
  it.each(['400', '401', '403', '404', 'redireccion'] as const)(
    'A slice keeps its lines when KLK answers %s',
    async (fault) => {
      await expectKept(fault, ['KLK_SOLICITUD_RECHAZADA']);
    },
  );

  it.each(['429', '503'] as const)('A slice keeps its lines while KLK answers %s', async (fault) => {
    await expectKept(fault, ['KLK_SATURADA']);
  });

  it.each(['500', '502', '504'] as const)('A slice keeps its lines while KLK answers %s', async (fault) => {
    await expectKept(fault, ['KLK_ERROR_SERVIDOR']);
  });
});

describe('The form of an answer', () => {
  it.each([
    ['truncated JSON', 'json-truncado', 'KLK_CONTRATO'],
    ['HTML', 'html', 'KLK_CONTRATO'],
    ['empty', 'cuerpo-vacio', 'KLK_CONTRATO'],
    ['null', 'nulo', 'KLK_CONTRATO'],
    ['JSON of another form', 'forma', 'KLK_CONTRATO'],
    ['a bare list', 'sin-meta', 'KLK_CONTRATO'],
    ['an error with status 200', 'error', 'KLK_ERROR'],
    ['no UTF-8', 'utf8-invalido', 'KLK_CONTRATO'],
  ] as const)('A slice keeps its lines when the answer is %s', async (_what, fault, codigo) => {
    await expectKept(fault, [codigo], fault === 'utf8-invalido' ? { veces: 2 } : {});
  });
});

describe('What an answer says that it is of', () => {
  it.each([
    ['another branch', 'otra-sucursal', 'KLK_OTRA_SUCURSAL'],
    ['another day', 'otro-dia', 'KLK_OTRO_TRAMO'],
    ['other hours', 'otras-horas', 'KLK_OTRO_TRAMO'],
    ['an article that nobody asked about', 'otro-filtro', 'KLK_OTRO_TRAMO'],
    ['nothing', 'sin-eco', 'KLK_OTRO_TRAMO'],
    ['a branch that KLK does not know', 'sucursal-desconocida', 'KLK_ERROR'],
  ] as const)('A slice keeps its lines when the answer names %s', async (_what, fault, codigo) => {
    await expectKept(fault, [codigo]);
  });

  it.each([
    ['one more than the lines', 'incompleta', 'KLK_INCOMPLETA'],
    ['one less than the lines', 'total-de-menos', 'KLK_INCOMPLETA'],
    ['missing', 'total-ausente', 'KLK_CONTRATO'],
    ['no number', 'total-texto', 'KLK_CONTRATO'],
  ] as const)('A slice keeps its lines when the total is %s', async (_what, fault, codigo) => {
    await expectKept(fault, [codigo], { veces: 2 });
  });

  it('A slice keeps its lines when the answer was cut and its total says so', async () => {
    await expectKept({ tipo: 'cortada', corte: 5 }, ['KLK_INCOMPLETA'], { veces: 2 });
  });
});

describe('The lines of an answer', () => {
  it.each([
    ['those of the whole day', 'horas-ignoradas', 'KLK_OTRO_TRAMO'],
    ['those of another day', 'lineas-de-otro-dia', 'KLK_OTRO_TRAMO'],
    ['one of another day among them', 'linea-de-otro-dia', 'KLK_OTRO_TRAMO'],
    ['those of the warehouse of another store', 'almacen-ajeno', 'KLK_OTRO_ALMACEN'],
    ['unreadable, one in twenty', 'lineas-malas', 'FILAS_MALAS'],
  ] as const)('A slice keeps its lines when KLK sends %s', async (_what, fault, codigo) => {
    await expectKept(fault, [codigo]);
  });

  it.each([
    ['none', 'vacia' as const, ['SOSPECHOSO_VACIO', 'SOSPECHOSO_RETIRADAS']],
    ['half of them', 'encogida' as const, ['SOSPECHOSO_RETIRADAS']],
    [
      'the first ones as if they were all',
      { tipo: 'cortada-callada' as const, corte: 5 },
      ['SOSPECHOSO_RETIRADAS'],
    ],
  ])('A slice keeps its lines when KLK sends %s', async (_what, fault, codigos) => {
    await expectKept(fault, codigos, { veces: 2 });
  });
});

/** One slice of the day comes so; the run is well, and that slice holds what KLK knows, but for these lines, which stay as they were. */
async function loadSpoilt(fault: VentasFaultSetting, options: VentasOptions = OPTIONS): Promise<Resumen> {
  klk.setFault(ALTAMIRA.sucursalKlk, note(fault), { veces: 2, dia: AYER });
  const resumen = await world.run(options);
  expect(codigosOf(resumen, ALTAMIRA)).toEqual([]);
  expect(resumen.estado).toBe('exitosa');
  return resumen;
}

describe('An answer with oddities that change nothing', () => {
  it.each([
    ['its total is a text', 'total-entre-comillas'],
    ['it begins with a byte order mark', 'bom'],
    ['a line comes twice, equal', 'repetida-igual'],
    ['descriptions hold NUL, control characters, lone surrogates and 10 kB', 'texto-hostil'],
    ['it has fields that nobody knows', 'campos-extra'],
  ] as const)('A slice is loaded when %s', async (_what, fault) => {
    await loadSpoilt(fault);
    expect(await findUntrue(world, DIAS)).toEqual([]);
  });
});

const readMotivos = async (): Promise<unknown[]> =>
  (await database.query('SELECT motivo FROM ventas_rechazos')).map(({ motivo }) => motivo);

describe('A line that cannot be read', () => {
  it.each([
    ['its quantity', 'cantidad-ilegible', 'CANTIDAD_ILEGIBLE'],
    ['its amount', 'importe-ilegible', 'VENTA_ILEGIBLE'],
    ['its date', 'fecha-ilegible', 'FECHA_ILEGIBLE'],
    ['its time', 'hora-ilegible', 'FECHA_ILEGIBLE'],
    ['a missing code', 'sin-codigo', 'CODIGO_ILEGIBLE'],
    ['a code with NUL', 'codigo-nul', 'CODIGO_ILEGIBLE'],
    ['a missing number of the invoice', 'sin-numero', 'FACTURA_ILEGIBLE'],
    ['the number of the line', 'linea-ilegible', 'LINEA_ILEGIBLE'],
    ['two articles', 'producto-doble', 'FILA_ILEGIBLE'],
    ['no article', 'producto-vacio', 'FILA_ILEGIBLE'],
  ] as const)(
    'The line is set aside and keeps the row that it has, and the others load, because of %s',
    async (_what, fault, motivo) => {
      const held = await readVendido(database, ALTAMIRA, AYER);

      const resumen = await loadSpoilt(fault);

      expect(resumen.totales.rechazados).toBe(1);
      expect(await readMotivos()).toEqual([motivo]);
      await expectOneMissing(held);
      await expectHealedNextDay();
    },
  );

  it('Both lines are set aside when two of one number differ', async () => {
    const held = await readVendido(database, ALTAMIRA, AYER);

    await loadSpoilt('repetida-distinta', {
      ...OPTIONS,
      tunables: { ...OPTIONS.tunables, thresholds: { badLines: 0.05, empty: 50, gone: 0.02 } },
    });

    expect(await readMotivos()).toEqual(['LINEA_CONTRADICTORIA', 'LINEA_CONTRADICTORIA']);
    await expectOneMissing(held);
    await expectHealedNextDay();
  });

  it('A line with the number of an invoice of another day is set aside, and no line is removed', async () => {
    const held = await readVendido(database, ALTAMIRA, AYER);

    await loadSpoilt('factura-de-otro-dia');

    expect(await readMotivos()).toEqual(['FACTURA_EN_OTRO_DIA']);
    await expectOneMissing(held);
    await expectHealedNextDay();
  });

  /** Of what KLK knows of the day at most the line that was set aside is missing; whatever was held and is reported still is held. */
  async function expectOneMissing(held: Awaited<ReturnType<typeof readVendido>>): Promise<void> {
    const keyOf = ([factura, linea]: (typeof held)[number]): string => `${factura} ${linea}`;
    const now = new Set((await readVendido(database, ALTAMIRA, AYER)).map(keyOf));
    const missing = truthOf(klk, ALTAMIRA, AYER)
      .map(keyOf)
      .filter((key) => !now.has(key));
    expect(missing.length).toBeLessThanOrEqual(1);
    const heldKeys = new Set(held.map(keyOf));
    expect(missing.filter((key) => heldKeys.has(key))).toEqual([]);
  }
});

/** A slice with a line set aside is read again a day later, and then holds what KLK knows. */
async function expectHealedNextDay(): Promise<void> {
  const spoilt = await readSpoilt();
  expect(spoilt).toHaveLength(1);
  world.setNow(caracas('2026-11-26T00:30'));
  expect((await world.run(OPTIONS)).estado).toBe('exitosa');
  expect(await readSpoilt()).toEqual([]);
  const inSpoilt = (lineas: ReturnType<typeof truthOf>): ReturnType<typeof truthOf> =>
    lineas.filter(([, , hora]) => spoilt.some(({ desde, hasta }) => desde <= hora && hora < hasta));
  expect(inSpoilt(await readVendido(database, ALTAMIRA, AYER))).toEqual(
    inSpoilt(truthOf(klk, ALTAMIRA, AYER)),
  );
}

async function readSpoilt(): Promise<{ readonly desde: string; readonly hasta: string }[]> {
  const rows = await database.query(
    `SELECT desde::text, hasta::text FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date AND rechazadas > 0`,
    [ALTAMIRA.id, AYER],
  );
  return rows.map(({ desde, hasta }) => ({ desde: String(desde), hasta: String(hasta) }));
}

it('Every fault of the simulated sales has its row', () => {
  expect(Object.keys(VENTAS_FAULTS).filter((name) => !tried.has(name))).toEqual([]);
});
