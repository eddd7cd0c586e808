import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tienda } from '../../../lambdas/core/config/catalogo.ts';
import { createBreaker } from '../../../lambdas/core/klk/breaker.ts';
import { withKlkClient } from '../../../lambdas/core/klk/client.ts';
import { KlkSettingsSchema } from '../../../lambdas/core/klk/settings.ts';
import type { KlkLimits } from '../../../lambdas/core/klk/settings.ts';
import { deadlineIn } from '../../../lambdas/core/time/deadline.ts';
import { fetchVentas } from '../../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import type { TimedAnswer } from '../../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import { transformVentas } from '../../../lambdas/ventas-klk/transform/transform-ventas.ts';
import { sendJson } from '../../../local/klk-simulator/answer.ts';
import type { KlkBehaviour, VentasFaultSetting } from '../../../local/klk-simulator/faults.ts';
import { startKlkSimulator } from '../../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../../local/klk-simulator/server.ts';
import { klkLimits } from '../../fixtures/klk/limits.ts';
import { tiendaKlk } from '../../fixtures/klk/tienda.ts';

const NOW = new Date('2026-01-02T03:04:05Z');
const DIA = '2025-11-17';
const TERMINAL = [
  ['otra-sucursal', 'KLK_OTRA_SUCURSAL'],
  ['otro-dia', 'KLK_OTRO_TRAMO'],
  ['otras-horas', 'KLK_OTRO_TRAMO'],
  ['otro-filtro', 'KLK_OTRO_TRAMO'],
  ['sin-eco', 'KLK_OTRO_TRAMO'],
] as const;
const TRANSIENT = [
  ['error', 'KLK_ERROR'],
  ['incompleta', 'KLK_INCOMPLETA'],
  ['total-de-menos', 'KLK_INCOMPLETA'],
  ['total-ausente', 'KLK_CONTRATO'],
  ['total-texto', 'KLK_CONTRATO'],
  ['sucursal-desconocida', 'KLK_ERROR'],
  ['cierra', 'KLK_CORTADA'],
] as const;
const TIENDAS = [
  'SANA',
  'VACIA',
  'TEXTO',
  'GRANDE',
  'MUCHAS',
  ...[...TERMINAL, ...TRANSIENT].map(([fault]) => fault),
].map((codigo) => tiendaKlk(codigo));

let klk: KlkSimulator;

beforeAll(async () => {
  klk = await startKlkSimulator({
    tiendas: TIENDAS,
    lineasPorDia: 500,
    ahora: () => NOW,
    quirks: { tardias: 0, anuladas: 0, repetidas: 0 },
  });
});

afterAll(() => klk.close());

const tiendaOf = (codigo: string): Tienda => {
  const tienda = TIENDAS.find(({ nombre }) => nombre === codigo);
  if (tienda === undefined) throw new Error(codigo);
  return tienda;
};

/** What came of a slice, with this fault switched on for the first request, and how often it was asked for. */
async function fetchWith(
  codigo: string,
  fault?: VentasFaultSetting | KlkBehaviour,
  {
    desde = '00:00',
    hasta = '24:00',
    limits = {},
  }: { desde?: string; hasta?: string; limits?: Partial<KlkLimits> } = {},
): Promise<{ result: TimedAnswer | undefined; codigo: unknown; retries: readonly unknown[] }> {
  const tienda = tiendaOf(codigo);
  klk.setFault(tienda.sucursalKlk, fault, 1);
  const all = klkLimits({ retries: 1, ...limits });
  const retries: unknown[] = [];
  const settled = await withKlkClient(KlkSettingsSchema.parse({ baseUrl: klk.baseUrl }), all, (client) =>
    fetchVentas(
      {
        client,
        limits: all,
        clock: { now: () => NOW },
        breaker: createBreaker([tienda.id], { silent: new Set(), owed: new Set() }),
        deadline: deadlineIn(60_000),
      },
      tienda,
      { tienda: tienda.id, dia: DIA, desde, hasta },
      ({ error }) => retries.push(error.codigo),
      (_intento, attempt) => attempt(),
    ),
  ).then(
    (result) => ({ result, codigo: undefined }),
    (error: unknown) => ({
      result: undefined,
      codigo: Error.isError(error) && 'codigo' in error && error.codigo,
    }),
  );
  return { ...settled, retries };
}

describe('a slice', () => {
  it('is asked for by branch, day and hours, and comes whole with the time at which it was asked for', async () => {
    const { result } = await fetchWith('SANA', undefined, { desde: '10:00', hasta: '14:30' });
    const { sucursalKlk: sucursal } = tiendaOf('SANA');

    expect(result?.extraccion).toEqual(NOW);
    expect(
      klk.requests.findLast(({ pedidoVentas }) => pedidoVentas?.sucursal === sucursal)?.pedidoVentas,
    ).toEqual({
      sucursal,
      fecha_desde: DIA,
      fecha_hasta: DIA,
      hora_desde: '10:00:00',
      hora_hasta: '14:30:00',
      almacen: '',
      CodArticulo: '',
    });
  });

  it('and the others of its day are together all that KLK knows, no line twice', async () => {
    const { id, sucursalKlk } = tiendaOf('SANA');
    const keys: string[] = [];
    for (const [desde, hasta] of [
      ['00:00', '12:00'],
      ['12:00', '12:30'],
      ['12:30', '24:00'],
    ] as const) {
      const { result } = await fetchWith('SANA', undefined, { desde, hasta });
      const tramo = { tienda: id, dia: DIA, desde, hasta };
      const { lineas, rechazos } = transformVentas(result?.lineas ?? [], {
        tramo,
        tiendaDeAlmacen: new Map(),
      });
      expect(rechazos).toEqual([]);
      keys.push(...lineas.map(({ numero_factura, linea }) => `${numero_factura} ${linea}`));
    }
    const truth = klk
      .ventas(sucursalKlk, DIA)
      .map(({ numero_factura, linea }) => `${numero_factura} ${linea}`);

    expect(truth.length).toBeGreaterThan(100);
    expect(keys.toSorted()).toEqual(truth.toSorted());
  });

  it('may be empty, and may have its total as text', async () => {
    expect((await fetchWith('VACIA', 'vacia')).result?.lineas).toEqual([]);
    expect((await fetchWith('TEXTO', 'total-entre-comillas')).result?.lineas.length).toBeGreaterThan(0);
  });

  it('of more bytes than the limit is refused', async () => {
    expect(await fetchWith('GRANDE', undefined, { limits: { maxBytes: 100_000, retries: 0 } })).toMatchObject(
      {
        codigo: 'KLK_DEMASIADO_GRANDE',
      },
    );
  });

  it("of more lines than the limit holds in KLK's form is refused", async () => {
    const { sucursalKlk: sucursal_codigo } = tiendaOf('MUCHAS');
    const meta = {
      sucursal_codigo,
      fecha_desde: DIA,
      fecha_hasta: DIA,
      hora_desde: '00:00',
      hora_hasta: '23:59',
    };
    const ventas = Array.from({ length: 101 }, () => ({}));
    const many: KlkBehaviour = (response) => {
      sendJson(response, { meta: { ...meta, total_registros: ventas.length }, ventas });
    };

    expect(await fetchWith('MUCHAS', many, { limits: { maxBytes: 101_000 } })).toMatchObject({
      codigo: undefined,
    });
    expect(await fetchWith('MUCHAS', many, { limits: { maxBytes: 100_999, retries: 0 } })).toMatchObject({
      codigo: 'KLK_DEMASIADO_GRANDE',
    });
  });

  it.each(TERMINAL)('that is another one is refused at once: %s', async (fault, codigo) => {
    expect(await fetchWith(fault, fault)).toEqual({ result: undefined, codigo, retries: [] });
  });

  it.each(TRANSIENT)('that does not come whole is asked for again: %s', async (fault, codigo) => {
    const { result, retries } = await fetchWith(fault, fault);

    expect(retries).toEqual([codigo]);
    expect(result?.lineas.length).toBeGreaterThan(0);
  });
});
