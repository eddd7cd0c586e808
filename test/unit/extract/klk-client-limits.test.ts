import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestArticulos } from '../../../lambdas/inventario-klk/extract/fetch-inventario.ts';
import { withKlkClient } from '../../../lambdas/core/klk/client.ts';
import { KlkSettingsSchema } from '../../../lambdas/core/klk/settings.ts';
import type { KlkLimits } from '../../../lambdas/core/klk/settings.ts';
import type { KlkFault } from '../../../local/klk-simulator/faults.ts';
import { startKlkSimulator } from '../../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../../local/klk-simulator/server.ts';
import { klkLimits } from '../../fixtures/klk/limits.ts';
import { tiendaKlk } from '../../fixtures/klk/tienda.ts';

let klk: KlkSimulator;

beforeAll(async () => {
  klk = await startKlkSimulator({ tiendas: [tiendaKlk('UNO')], articulosPorAlmacen: 50 });
});

afterAll(() => klk.close());

interface Attempt {
  readonly error: unknown;
  readonly ms: number;
  readonly answered: boolean;
}

/** One attempt at a warehouse with this fault. */
async function attempt(
  fault: KlkFault,
  limits: Partial<KlkLimits>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Attempt> {
  klk.setFault('UNO', fault);
  const start = performance.now();
  let answered = false;
  const error: unknown = await withKlkClient(
    KlkSettingsSchema.parse({ baseUrl: klk.baseUrl }),
    klkLimits(limits),
    (client) => client.request(requestArticulos('UNO'), signal, () => (answered = true)),
  ).catch((reason: unknown) => reason);
  return { error, answered, ms: performance.now() - start };
}

describe('one attempt', () => {
  it.each([
    ['goteo', true],
    ['sin-cabeceras', false],
    ['lenta', false],
  ] as const)('ends at its total limit: %s', async (fault, answered) => {
    const result = await attempt(fault, { timeoutMs: 300 });

    expect(result).toMatchObject({ answered, error: { codigo: 'KLK_SIN_RESPUESTA' } });
    expect(result.ms).toBeGreaterThan(290);
    expect(result.ms).toBeLessThan(10_000);
  });

  it('ends at the byte cap when the body has no end', async () => {
    const result = await attempt('infinito', { maxBytes: 1_000_000 });

    expect(result).toMatchObject({ answered: true, error: { codigo: 'KLK_DEMASIADO_GRANDE' } });
    expect(result.ms).toBeLessThan(10_000);
  });

  it.each([
    ['cierra', false],
    ['reset', false],
    ['cuerpo-corto', true],
  ] as const)('is cut off when the connection is: %s', async (fault, answered) => {
    expect(await attempt(fault, {})).toMatchObject({ answered, error: { codigo: 'KLK_CORTADA' } });
  });

  it.each(['sin-cabeceras', 'goteo'] as const)(
    'ends at once with the reason of the signal when the run is aborted: %s',
    async (fault) => {
      const controller = new AbortController();
      const reason = new Error('se acabó');
      void sleep(100).then(() => {
        controller.abort(reason);
      });

      const result = await attempt(fault, {}, controller.signal);

      expect(result.error).toBe(reason);
      expect(result.ms).toBeLessThan(4_000);
    },
  );

  it('is not made when the run has already ended', async () => {
    const before = klk.requests.length;
    const reason = new Error('se acabó');

    expect((await attempt('500', {}, AbortSignal.abort(reason))).error).toBe(reason);
    expect(klk.requests).toHaveLength(before);
  });
});
