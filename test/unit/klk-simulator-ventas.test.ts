import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator, KlkSimulatorOptions } from '../../local/klk-simulator/server.ts';
import { isNewestFirst, keyOf, ventasSchema } from '../fixtures/klk/ventas-schema.ts';
import type { ParsedVentas, Venta } from '../fixtures/klk/ventas-schema.ts';

const TIENDAS: KlkSimulatorOptions['tiendas'] = [
  {
    nombre: 'PERIFERICO',
    tipo: 'tienda',
    almacenes: [
      { codigo: 'APP-TPF', nombre: 'PISO DE VENTA' },
      { codigo: 'APP-CAFE', nombre: 'CAFETIN' },
    ],
    sucursalKlk: 'SUC001',
  },
  {
    nombre: 'BOSQUE',
    tipo: 'tienda',
    almacenes: [{ codigo: 'APP-TBQ', nombre: 'PISO DE VENTA' }],
    sucursalKlk: 'SUC002',
  },
  {
    nombre: 'CEDI Caracas',
    tipo: 'cedi',
    almacenes: [{ codigo: 'PCDICS', nombre: 'PRINCIPAL' }],
    sucursalKlk: 'SUC0099',
  },
];

/** A Monday that is long over, and its neighbours. */
const DIA = '2026-03-16';
const VISPERA = '2026-03-15';
const NO_QUIRKS = { tardias: 0, anuladas: 0, repetidas: 0 };

const simulators: KlkSimulator[] = [];

async function start(options: Partial<KlkSimulatorOptions> = {}): Promise<KlkSimulator> {
  const simulator = await startKlkSimulator({ tiendas: TIENDAS, lineasPorDia: 1000, ...options });
  simulators.push(simulator);
  return simulator;
}

function post(klk: KlkSimulator, body: unknown): Promise<Response> {
  return fetch(`${klk.baseUrl}/ventas`, { method: 'POST', body: JSON.stringify(body) });
}

const deUnDia = (sucursal = 'SUC001', dia = DIA): object => ({
  sucursal,
  fecha_desde: dia,
  fecha_hasta: dia,
});

async function ask(klk: KlkSimulator, pedido: object = {}): Promise<ParsedVentas> {
  const response = await post(klk, { ...deUnDia(), ...pedido });
  return ventasSchema.parse(await response.json());
}

const askLines = async (klk: KlkSimulator, pedido: object = {}): Promise<Venta[]> =>
  (await ask(klk, pedido)).ventas;

const almacenesOf = (ventas: Venta[]): string[] =>
  [...new Set(ventas.map(({ cantidad: [cantidad] }) => cantidad.codigo_almacen))].sort();

/** The clock of Caracas at `HH:MM:SS` of a day. */
const at = (hora: string, dia = DIA): Date => new Date(`${dia}T${hora}-04:00`);

afterEach(async () => {
  await Promise.all(simulators.splice(0).map((simulator) => simulator.close()));
});

describe('the sales of a day', () => {
  it('have the documented shape, say what was asked and how many lines they are, newest first', async () => {
    const { meta, ventas } = await ask(await start(), { hora_desde: '12:00:00', hora_hasta: '15:30:00' });

    expect(meta).toEqual({
      sucursal_codigo: 'SUC001',
      fecha_desde: DIA,
      fecha_hasta: DIA,
      hora_desde: '12:00',
      hora_hasta: '15:30',
      CodArticulo: '',
      almacen: '',
      total_registros: ventas.length,
      fecha_generacion: expect.any(String),
    });
    expect(ventas.length).toBeGreaterThan(100);
    expect(isNewestFirst(ventas)).toBe(true);
  });

  it('echo what was not asked for as blank, and name the article and the warehouse that were', async () => {
    const klk = await start();

    expect((await ask(klk)).meta).toMatchObject({ hora_desde: '', hora_hasta: '' });
    expect((await ask(klk, { almacen: 'APP-TPF', CodArticulo: '000001' })).meta).toMatchObject({
      almacen: 'APP-TPF',
      CodArticulo: '000001',
    });
  });

  it('are those of the branch and the day, of every warehouse of the branch and of its returns', async () => {
    const klk = await start();
    const ventas = await askLines(klk);

    expect(new Set(ventas.map(({ fecha }) => fecha))).toEqual(new Set([DIA]));
    expect(almacenesOf(ventas)).toEqual(['APP-CAFE', 'APP-DPF', 'APP-TPF']);
    expect(almacenesOf(await askLines(klk, deUnDia('SUC002')))).toEqual(['APP-TBQ']);
  });

  it('are those of one warehouse or one article where asked', async () => {
    const klk = await start();
    const ventas = await askLines(klk);
    const codigo = ventas[0]?.producto[0].codigo_producto ?? '';

    expect(await askLines(klk, { almacen: 'APP-CAFE' })).toEqual(
      ventas.filter(({ cantidad: [cantidad] }) => cantidad.codigo_almacen === 'APP-CAFE'),
    );
    expect(await askLines(klk, { CodArticulo: codigo })).toEqual(
      ventas.filter(({ producto: [producto] }) => producto.codigo_producto === codigo),
    );
  });

  it('join the days of a range, where the hours filter each day', async () => {
    const klk = await start();
    const horas = { hora_desde: '09:00:00', hora_hasta: '10:00:00' };

    const both = await askLines(klk, { fecha_desde: VISPERA, ...horas });

    expect(both).toEqual([
      ...(await askLines(klk, horas)),
      ...(await askLines(klk, { ...deUnDia('SUC001', VISPERA), ...horas })),
    ]);
    expect(both.every(({ hora }) => hora >= '09:00:00' && hora < '10:00:01')).toBe(true);
  });

  it('are no lines for a branch that KLK does not know or that does not sell', async () => {
    const klk = await start();

    for (const sucursal of ['SUC404', 'SUC0099'])
      expect(await ask(klk, deUnDia(sucursal))).toMatchObject({ meta: { total_registros: 0 }, ventas: [] });
  });

  it.each([
    {},
    { ...deUnDia(), sucursal: undefined },
    { ...deUnDia(), sucursal: ['SUC001'] },
    { ...deUnDia(), sucursal: '' },
    { ...deUnDia(), fecha_desde: '16/03/2026' },
    { ...deUnDia(), fecha_hasta: '2026-02-30' },
    { ...deUnDia(), fecha_hasta: VISPERA },
    { ...deUnDia(), hora_desde: '24:00:00' },
    { ...deUnDia(), hora_hasta: '12:00' },
    { ...deUnDia(), almacen: 7 },
    'texto',
    null,
  ])('are refused for a wrong request: %j', async (body) => {
    expect((await post(await start(), body)).status).toBe(400);
  });
});

describe('the last second asked for', () => {
  const slices = async (klk: KlkSimulator): Promise<Venta[]> => [
    ...(await askLines(klk, { hora_desde: '12:00:00', hora_hasta: '23:59:59' })),
    ...(await askLines(klk, { hora_desde: '00:00:00', hora_hasta: '12:00:00' })),
  ];

  it('is part of the answer, so that adjacent slices share its lines', async () => {
    const klk = await start({ quirks: NO_QUIRKS, lineasPorDia: 12_000 });
    const alMediodia = (await askLines(klk)).filter(({ hora }) => hora.startsWith('12:00:00'));

    expect(alMediodia.length).toBeGreaterThan(0);
    expect(await slices(klk)).toHaveLength((await askLines(klk)).length + alMediodia.length);
  });

  it('is left out where asked', async () => {
    const klk = await start({ quirks: NO_QUIRKS, lineasPorDia: 12_000, ultimoSegundo: 'excluido' });

    expect(await slices(klk)).toEqual(await askLines(klk));
  });
});

describe('the trade', () => {
  it('is the same in another process, whatever was asked earlier', async () => {
    const one = await start();
    const other = await start();
    await askLines(other, deUnDia('SUC002', VISPERA));
    await askLines(other, { almacen: 'APP-TPF' });

    expect(await askLines(other)).toEqual(await askLines(one));
  });

  it('sells about as much as asked for, most on Saturdays', async () => {
    const klk = await start({ quirks: NO_QUIRKS });
    const lunes = await askLines(klk);
    const sabado = await askLines(klk, deUnDia('SUC001', '2026-03-21'));

    expect(lunes.length).toBeGreaterThan(800);
    expect(lunes.length).toBeLessThanOrEqual(850);
    expect(sabado.length).toBeGreaterThan(1_150);
    expect(sabado.length).toBeLessThanOrEqual(1_250);
  });

  it('sells from 07:00 to 21:00, most around noon and in the evening', async () => {
    const ventas = await askLines(await start({ lineasPorDia: 5000 }));
    const porHora = new Map<string, number>();
    for (const { hora } of ventas) {
      const cual = hora.slice(0, 2);
      porHora.set(cual, (porHora.get(cual) ?? 0) + 1);
    }

    expect([...porHora.keys()].sort()).toEqual(
      Array.from({ length: 14 }, (_, index) => String(7 + index).padStart(2, '0')),
    );
    const [noon = 0, evening = 0, morning = 0] = ['12', '18', '07'].map((hora) => porHora.get(hora));
    expect(Math.min(noon, evening)).toBeGreaterThan(2 * morning);
  });

  it('numbers the invoices of a branch without repeating one on another day, and alike in every branch', async () => {
    const klk = await start();
    const numerosOf = async (pedido: object): Promise<string[]> => [
      ...new Set((await askLines(klk, pedido)).map(({ numero_factura }) => numero_factura)),
    ];
    const hoy = await numerosOf(deUnDia());
    const ayer = new Set(await numerosOf(deUnDia('SUC001', VISPERA)));
    const otra = new Set(await numerosOf(deUnDia('SUC002')));

    expect(hoy.length).toBeGreaterThan(100);
    expect(hoy.filter((numero) => ayer.has(numero))).toEqual([]);
    expect(hoy.filter((numero) => otra.has(numero)).length).toBeGreaterThan(50);
  });

  it('writes invoices of 1 to 12 lines that share their number, their hour and their total', async () => {
    const ventas = await askLines(await start({ quirks: NO_QUIRKS }));
    const facturas = Map.groupBy(ventas, ({ numero_factura }) => numero_factura);

    const tamanos = [...facturas.values()].map((lineas) => lineas.length);
    expect(Math.min(...tamanos)).toBe(1);
    expect(Math.max(...tamanos)).toBe(12);
    for (const lineas of facturas.values()) {
      expect(lineas.map(({ linea }) => linea)).toEqual(lineas.map((_, index) => index + 1));
      expect(new Set(lineas.map(({ hora, total_factura }) => `${hora} ${total_factura}`)).size).toBe(1);
      const total = lineas.reduce(
        (sum, { financiero: [importe] }) => sum + importe.venta_total_bs + importe.impuesto_monto,
        0,
      );
      expect(lineas[0]?.total_factura).toBeCloseTo(total, 1);
    }
  });

  it('counts money in dollars and bolivars, net of VAT and of discounts', async () => {
    for (const venta of await askLines(await start())) {
      const [importe] = venta.financiero;
      const [{ cantidad_vendida }] = venta.cantidad;
      const descuentos =
        importe.porcentaje_descuento +
        importe.porcentaje_descuento_fidelizacion +
        importe.porcentaje_descuento_forma_pago;
      expect(importe.venta_total_usd).toBeCloseTo(
        importe.precio_unitario_usd * cantidad_vendida * (1 - descuentos / 100),
        5,
      );
      expect(importe.venta_total_bs).toBeCloseTo(importe.venta_total_usd * venta.tasa_usd, 3);
      expect(importe.impuesto_monto).toBeCloseTo(
        (importe.venta_total_bs * importe.impuesto_porcentaje) / 100,
        3,
      );
      expect(importe.utilidad_bruta_usd).toBeCloseTo(importe.venta_total_usd - importe.costo_total_usd, 5);
    }
  });

  it('has every variety of the real sales', async () => {
    const ventas = await askLines(await start({ lineasPorDia: 5000, quirks: { repetidas: 0.01 } }));
    const share = (predicate: (venta: Venta) => boolean): number =>
      ventas.filter(predicate).length / ventas.length;
    const cantidadOf = ({ cantidad: [cantidad] }: Venta): Venta['cantidad'][0] => cantidad;

    expect(share((venta) => cantidadOf(venta).unidad_medida_venta === 'KG')).toBeGreaterThan(0.2);
    expect(share((venta) => !Number.isInteger(cantidadOf(venta).cantidad_vendida))).toBeGreaterThan(0.2);
    expect(share((venta) => cantidadOf(venta).cantidad_vendida < 0)).toBeGreaterThan(0.002);
    expect(share(({ codigo_promocion }) => codigo_promocion !== '')).toBeGreaterThan(0.03);
    expect(share(({ financiero: [importe] }) => importe.monto_descuento > 0)).toBeGreaterThan(0.05);
    expect(share(({ financiero: [importe] }) => importe.utilidad_bruta_usd < 0)).toBeGreaterThan(0.01);
    expect(share(({ es_no_fiscal }) => es_no_fiscal)).toBeGreaterThan(0.005);
    expect(share(({ producto: [producto] }) => producto.codigo_producto > '900000')).toBeGreaterThan(0.001);
    expect(new Set(ventas.map(({ tasa_usd }) => tasa_usd)).size).toBe(1);
    expect(new Set(ventas.map(keyOf)).size).toBeLessThan(ventas.length);
  });

  it('repeats some lines unchanged in its answers, and has each line once in its own list', async () => {
    const klk = await start({ quirks: { repetidas: 0.5 } });
    const ventas = await askLines(klk);
    const distintas = new Set(ventas.map((venta) => JSON.stringify(venta)));

    expect(new Set(ventas.map(keyOf)).size).toBe(distintas.size);
    expect(ventas.length).toBeGreaterThan(distintas.size * 1.3);
    expect(klk.ventas('SUC001', DIA).map((venta) => JSON.stringify(venta))).toEqual([...distintas]);
  });
});

describe('the clock of KLK', () => {
  it('lets nothing be sold in its future, and more lines appear as it goes on', async () => {
    const klk = await start({ ahora: () => at('06:59:59'), quirks: NO_QUIRKS });
    const counts: number[] = [];
    for (const hora of ['06:59:59', '12:00:00', '12:30:00', '21:00:00']) {
      klk.setAhora(() => at(hora));
      const { meta, ventas } = await ask(klk);
      expect(ventas.every((venta) => venta.hora <= hora)).toBe(true);
      expect(meta.fecha_generacion).toBe(at(hora).toISOString());
      counts.push(ventas.length);
    }

    expect(counts[0]).toBe(0);
    expect([...new Set(counts)].sort((one, other) => one - other)).toEqual(counts);
    expect(await askLines(klk, deUnDia('SUC001', '2026-03-17'))).toEqual([]);
  });

  it('is the real one by default', async () => {
    const klk = await start();
    const manana = new Date(Date.now() + 36 * 3_600_000).toISOString().slice(0, 10);

    expect(await askLines(klk, deUnDia('SUC001', manana))).toEqual([]);
  });

  it('adds late invoices to its answers within the hour, within the day or after days', async () => {
    const klk = await start({ quirks: { tardias: 1, anuladas: 0 } });
    const known = (momento: Date): number => klk.ventas('SUC001', DIA, momento).length;
    const all = known(at('00:00:00', '2026-04-16'));

    const shares = [
      at('21:00:00'),
      at('22:00:00'),
      at('12:00:00', '2026-03-17'),
      at('12:00:00', '2026-03-23'),
    ]
      .map(known)
      .map((lineas) => lineas / all);
    expect(shares[0]).toBeLessThan(0.95);
    expect(shares[1]).toBeGreaterThan(0.6);
    expect(shares[2]).toBeGreaterThan(0.85);
    expect(shares[2]).toBeLessThan(1);
    expect(shares[3]).toBe(1);
  });

  it('leaves a cancelled invoice out of its answers at the latest a day after the sale', async () => {
    const klk = await start({ quirks: { tardias: 0, anuladas: 0.5 } });
    const facturasAt = (momento: Date): Set<string> =>
      new Set(klk.ventas('SUC001', DIA, momento).map(({ numero_factura }) => numero_factura));

    const left = facturasAt(at('21:05:00', '2026-03-17'));

    expect(left).toEqual(facturasAt(at('00:00:00', '2026-05-01')));
    const before = klk.ventas('SUC001', DIA, at('14:00:00'));
    const after = klk.ventas('SUC001', DIA, at('21:05:00', '2026-03-17'));
    const cancelled = before.filter(({ numero_factura }) => !left.has(numero_factura));
    expect(cancelled.length).toBeGreaterThan(before.length * 0.3);
    expect(after).toEqual(
      expect.arrayContaining(before.filter(({ numero_factura }) => left.has(numero_factura))),
    );
  });

  it('decides which invoices an answer has', async () => {
    const klk = await start({
      ahora: () => at('15:00:00'),
      quirks: { tardias: 0.3, anuladas: 0.3, repetidas: 0 },
    });

    expect(await askLines(klk)).toEqual(klk.ventas('SUC001', DIA));
    expect(await askLines(klk)).toEqual(klk.ventas('SUC001', DIA, at('15:00:00')));
    expect(await askLines(klk)).not.toEqual(klk.ventas('SUC001', DIA, at('16:00:00')));
  });
});

describe('the stock of a shop whose stock follows its sales', () => {
  const stockSchema = z.object({
    articulos: z.array(z.looseObject({ Codigo: z.string(), stock: z.number() })),
  });

  async function stockAt(klk: KlkSimulator, momento: Date): Promise<Map<string, number>> {
    klk.setAhora(() => momento);
    const response = await fetch(`${klk.baseUrl}/maestra/articulos/almacen`, {
      method: 'POST',
      body: JSON.stringify({ Codigoalmacen: 'APP-TBQ' }),
    });
    const { articulos } = stockSchema.parse(await response.json());
    return new Map(articulos.map(({ Codigo, stock }) => [Codigo, stock]));
  }

  /** By article, in thousandths, between two moments of one day. */
  function soldBetween(klk: KlkSimulator, desde: Date, hasta: Date): Map<string, number> {
    const sold = new Map<string, number>();
    for (const venta of klk.ventas('SUC002', DIA, new Date('2026-05-01'))) {
      const momento = new Date(`${venta.fecha}T${venta.hora.slice(0, 12)}-04:00`);
      if (momento <= desde || momento > hasta) continue;
      const codigo = venta.producto[0]?.codigo_producto ?? '';
      const milesimas = Math.round((venta.cantidad[0]?.cantidad_vendida ?? 0) * 1000);
      sold.set(codigo, (sold.get(codigo) ?? 0) + milesimas);
    }
    return sold;
  }

  const start2 = (existenciaSegunVentas: boolean): Promise<KlkSimulator> =>
    start({
      existenciaSegunVentas,
      movimiento: 0,
      lineasPorDia: 3000,
      quirks: { tardias: 0.2, anuladas: 0, repetidas: 0.1 },
    });

  /** Change of stock and sales together, in thousandths, of each article where they are not nothing. */
  async function unexplained(klk: KlkSimulator, desde: Date, hasta: Date): Promise<number[]> {
    const before = await stockAt(klk, desde);
    const after = await stockAt(klk, hasta);
    const sold = soldBetween(klk, desde, hasta);
    return [...before]
      .map(
        ([codigo, stock]) =>
          Math.round(((after.get(codigo) ?? NaN) - stock) * 1000) + (sold.get(codigo) ?? 0),
      )
      .filter((milesimas) => milesimas !== 0);
  }

  it('falls by what was sold while the shop is open, except for a little shrinkage', async () => {
    const klk = await start2(true);

    const merma = await unexplained(klk, at('06:00:00'), at('20:30:00'));

    expect(soldBetween(klk, at('06:00:00'), at('20:30:00')).size).toBeGreaterThan(500);
    expect(merma.length).toBeGreaterThan(0);
    expect(merma.length).toBeLessThan(40);
    expect(Math.max(...merma)).toBeLessThan(0);
  });

  it('rises by deliveries in the early morning alone', async () => {
    const klk = await start2(true);

    const deliveries = await unexplained(klk, at('04:59:59'), at('05:00:01'));

    expect(deliveries.filter((milesimas) => milesimas > 0).length).toBeGreaterThan(500);
    expect(Math.max(...(await unexplained(klk, at('21:00:00'), at('23:59:00'))))).toBeLessThan(0);
  });

  it('does not move by trade where that is off', async () => {
    const klk = await start2(false);

    expect(await stockAt(klk, at('20:30:00'))).toEqual(await stockAt(klk, at('06:00:00')));
  });
});

describe('the requests that the simulator records', () => {
  it('have branch, day and hours, and the most requests open at once over both endpoints', async () => {
    const klk = await start({ latenciaMs: 60, articulosPorAlmacen: 1 });
    await Promise.all([
      ask(klk, { hora_desde: '12:00:00', hora_hasta: '12:30:00' }),
      fetch(`${klk.baseUrl}/maestra/articulos/almacen`, {
        method: 'POST',
        body: '{"Codigoalmacen":"APP-TPF"}',
      }),
    ]);

    expect(klk.maxConcurrent).toBe(2);
    const [ventas] = klk.requests.filter(({ ruta }) => ruta === '/ventas');
    expect(ventas).toMatchObject({
      metodo: 'POST',
      codigos: [],
      pedidoVentas: { ...deUnDia(), hora_desde: '12:00:00', hora_hasta: '12:30:00' },
    });
    const [articulos] = klk.requests.filter(({ ruta }) => ruta !== '/ventas');
    expect(articulos).toMatchObject({ codigos: ['APP-TPF'], pedidoVentas: undefined });
  });
});
