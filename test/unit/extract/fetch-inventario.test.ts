import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadlineIn } from '../../../lambdas/core/time/deadline.ts';
import type { Deadline } from '../../../lambdas/core/time/deadline.ts';
import { createBreaker } from '../../../lambdas/core/klk/breaker.ts';
import { fetchInventario } from '../../../lambdas/inventario-klk/extract/fetch-inventario.ts';
import type { TimedAnswer } from '../../../lambdas/inventario-klk/extract/fetch-inventario.ts';
import type { Retry } from '../../../lambdas/core/klk/ask.ts';
import { withKlkClient } from '../../../lambdas/core/klk/client.ts';
import { NO_EARLIER_RUNS } from '../../../lambdas/inventario-klk/precedence.ts';
import { KlkSettingsSchema } from '../../../lambdas/core/klk/settings.ts';
import type { KlkLimits } from '../../../lambdas/core/klk/settings.ts';
import type { KlkFaultSetting } from '../../../local/klk-simulator/faults.ts';
import { startKlkSimulator } from '../../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../../local/klk-simulator/server.ts';
import { klkLimits } from '../../fixtures/klk/limits.ts';
import { tiendaKlk } from '../../fixtures/klk/tienda.ts';

const ARTICULOS = 50;
const NOW = new Date('2026-01-02T03:04:05Z');

/** A warehouse for each case, so that the waits of all pass at the same time. */
const TRANSIENT = [
  ['cierra', 'KLK_CORTADA'],
  ['reset', 'KLK_CORTADA'],
  ['cuerpo-corto', 'KLK_CORTADA'],
  ['sin-cabeceras', 'KLK_SIN_RESPUESTA'],
  ['goteo', 'KLK_SIN_RESPUESTA'],
  ['infinito', 'KLK_DEMASIADO_GRANDE'],
  ['429', 'KLK_SATURADA'],
  ['500', 'KLK_ERROR_SERVIDOR'],
  ['502', 'KLK_ERROR_SERVIDOR'],
  ['503', 'KLK_SATURADA'],
  ['504', 'KLK_ERROR_SERVIDOR'],
  ['json-truncado', 'KLK_CONTRATO'],
  ['html', 'KLK_CONTRATO'],
  ['cuerpo-vacio', 'KLK_CONTRATO'],
  ['nulo', 'KLK_CONTRATO'],
  ['forma', 'KLK_CONTRATO'],
  ['sin-meta', 'KLK_CONTRATO'],
  ['utf8-invalido', 'KLK_CONTRATO'],
  ['total-ausente', 'KLK_CONTRATO'],
  ['total-texto', 'KLK_CONTRATO'],
  ['error', 'KLK_ERROR'],
  ['incompleta', 'KLK_INCOMPLETA'],
] as const;
const TERMINAL = [
  ['400', 'KLK_SOLICITUD_RECHAZADA'],
  ['401', 'KLK_SOLICITUD_RECHAZADA'],
  ['403', 'KLK_SOLICITUD_RECHAZADA'],
  ['404', 'KLK_SOLICITUD_RECHAZADA'],
  ['redireccion', 'KLK_SOLICITUD_RECHAZADA'],
  ['otro-almacen', 'KLK_OTRO_ALMACEN'],
  ['vacia', 'KLK_VACIA'],
] as const;
const OTHERS = ['SANO', 'BOM', 'LISTA', 'TERCO', 'ESPERA', 'FECHA', 'HORA', 'BASURA', 'MUDO', 'PAUSA'];

let klk: KlkSimulator;

beforeAll(async () => {
  const codigos = [...TRANSIENT, ...TERMINAL].map(([fault]) => fault);
  const tiendas = [...codigos, ...OTHERS].map((codigo) => tiendaKlk(codigo));
  klk = await startKlkSimulator({ tiendas, articulosPorAlmacen: ARTICULOS });
});

afterAll(() => klk.close());

interface Fetched {
  readonly result: TimedAnswer | undefined;
  readonly error: unknown;
  readonly retries: readonly Retry[];
  readonly requests: number;
  readonly ms: number;
}

interface Circumstances {
  readonly limits?: Partial<KlkLimits>;
  readonly deadline?: Deadline;
}

/** What came of a warehouse, with this fault switched on for its first `veces` requests. */
async function fetchWith(
  almacen: string,
  fault: KlkFaultSetting | undefined,
  veces: number,
  { limits = {}, deadline = deadlineIn(60_000) }: Circumstances = {},
): Promise<Fetched> {
  klk.setFault(almacen, fault, veces);
  const retries: Retry[] = [];
  const start = performance.now();
  const all = klkLimits({ timeoutMs: 5_000, retries: 1, maxBytes: 500_000, ...limits });
  const settled = await withKlkClient(KlkSettingsSchema.parse({ baseUrl: klk.baseUrl }), all, (client) =>
    fetchInventario(
      {
        client,
        limits: all,
        clock: { now: () => NOW },
        breaker: createBreaker([almacen], NO_EARLIER_RUNS),
        deadline,
      },
      almacen,
      (retry) => retries.push(retry),
      (_intento, attempt) => attempt(),
    ),
  ).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  );
  const requests = klk.requests.filter(({ codigos }) => codigos.includes(almacen)).length;
  return { ...settled, retries, requests, ms: performance.now() - start };
}

describe('one warehouse', () => {
  it('is read whole, with the time of the request', async () => {
    const { result, retries, requests } = await fetchWith('SANO', undefined, 0);

    expect(result).toMatchObject({ extraccion: NOW, identidadConfirmada: true });
    expect(result?.articulos).toHaveLength(ARTICULOS);
    expect([retries, requests]).toEqual([[], 1]);
  });

  it('is read whole after a byte order mark', async () => {
    expect((await fetchWith('BOM', 'bom', 1)).result?.articulos).toHaveLength(ARTICULOS);
  });

  it('is read from an older server when KLK_ACEPTAR_SIN_META accepts its bare list', async () => {
    const { result } = await fetchWith('LISTA', 'sin-meta', 1, { limits: { acceptBareList: true } });

    expect(result).toMatchObject({ identidadConfirmada: false });
    expect(result?.articulos).toHaveLength(ARTICULOS);
  });
});

describe('a failure that may pass', () => {
  const fetched = new Map<string, Fetched>();

  beforeAll(async () => {
    await Promise.all(
      TRANSIENT.map(async ([fault]) => {
        fetched.set(fault, await fetchWith(fault, fault, 1));
      }),
    );
  });

  it.each(TRANSIENT)('is retried around request, body and content together: %s', (fault, codigo) => {
    const { result, retries, requests } = fetched.get(fault) ?? {};

    expect(result?.articulos).toHaveLength(ARTICULOS);
    expect(retries).toMatchObject([{ intento: 1, error: { codigo } }]);
    expect(requests).toBe(2);
  });

  it('is reported after as many retries as configured', async () => {
    const { error, retries, requests } = await fetchWith('TERCO', 'error', Infinity);

    expect(error).toMatchObject({
      codigo: 'KLK_ERROR',
      message: 'KLK contestó un error: No hay conexión con la base de datos de KLK',
    });
    expect(retries).toHaveLength(1);
    expect(requests).toBe(2);
  });
});

describe('a failure that will not pass', () => {
  it.each(TERMINAL)('is reported without a retry: %s', async (fault, codigo) => {
    const { error, retries, requests } = await fetchWith(fault, fault, Infinity);

    expect(error).toMatchObject({ codigo });
    expect([retries, requests]).toEqual([[], 1]);
  });
});

describe('a server that asks to wait', () => {
  const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toUTCString();

  it('is asked again after that time, in seconds or by date, if the deadline allows', async () => {
    const deadline = deadlineIn(3_800);
    const [seconds, date] = await Promise.all([
      fetchWith('ESPERA', { tipo: '429', retryAfter: '2' }, 1, { deadline }),
      fetchWith('FECHA', { tipo: '503', retryAfter: inSeconds(2) }, 1, { deadline }),
    ]);

    for (const { result, requests } of [seconds, date]) {
      expect(result?.articulos).toHaveLength(ARTICULOS);
      expect(requests).toBe(2);
    }
    expect(seconds.ms).toBeGreaterThan(2_000);
    expect(date.ms).toBeGreaterThan(1_000);
  });

  it.each(['3600', '9999999999'])('is not asked again when it asks for %s seconds', async (retryAfter) => {
    const before = klk.requests.length;
    const { error, retries, ms } = await fetchWith('HORA', { tipo: '503', retryAfter }, 1);

    expect(error).toMatchObject({ codigo: 'KLK_SATURADA' });
    expect(retries).toEqual([]);
    expect(klk.requests.length - before).toBe(1);
    expect(ms).toBeLessThan(10_000);
  });

  it('is asked again after our own wait when its Retry-After cannot be read', async () => {
    const { result, ms } = await fetchWith('BASURA', { tipo: '429', retryAfter: 'mañana' }, 1);

    expect(result?.articulos).toHaveLength(ARTICULOS);
    expect(ms).toBeLessThan(10_000);
  });
});

describe('the deadline of the run', () => {
  it('ends a request in flight', async () => {
    const { error, requests, ms } = await fetchWith('MUDO', 'sin-cabeceras', 1, {
      deadline: deadlineIn(200),
    });

    expect(error).toMatchObject({ codigo: 'SIN_TIEMPO' });
    expect(requests).toBe(1);
    expect(ms).toBeLessThan(10_000);
  });

  it('ends a wait between attempts', async () => {
    const { error, requests } = await fetchWith('PAUSA', '500', 1, { deadline: deadlineIn(250) });

    expect(error).toMatchObject({ codigo: 'SIN_TIEMPO' });
    expect(requests).toBe(1);
  });

  it('allows no request after it has passed', async () => {
    const deadline = deadlineIn(0);
    const before = klk.requests.length;

    expect((await fetchWith('SANO', undefined, 0, { deadline })).error).toMatchObject({
      codigo: 'SIN_TIEMPO',
    });
    expect(klk.requests).toHaveLength(before);
  });
});
