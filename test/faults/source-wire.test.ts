import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { startDeafListener } from '../support/deaf-listener.ts';
import { answering, simulated, writing } from '../support/faulty-klk.ts';
import { TIENDAS } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { expectKept, expectNotRetried, expectRetried, outcomes } from './kept.ts';

const SHORT = { klk: { timeoutMs: 1_000, connectTimeoutMs: 1_000 } };

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
});
afterAll(() => scene.close());

describe('refused, DNS, connect timeout, no headers, connection closed, reset or short body', () => {
  it.each([
    [
      'KLK refuses connections',
      () => Promise.resolve({ url: 'http://127.0.0.1:1', close: () => Promise.resolve() }),
    ],
    [
      'the name does not resolve',
      () => Promise.resolve({ url: 'http://klk.invalid', close: () => Promise.resolve() }),
    ],
    [
      'connecting takes for ever',
      async () => {
        const listener = await startDeafListener();
        return { url: `http://127.0.0.1:${listener.port}`, close: () => listener.close() };
      },
    ],
  ])('retries and keeps everything when %s', async (_fault, start) => {
    const klk = await start();
    const resumen = await scene.run({
      klkUrl: new URL(klk.url),
      tiendas: TIENDAS.slice(0, 1),
      klk: { ...SHORT.klk, retries: 1 },
    });
    await klk.close();
    expect(resumen.estado).toBe('fallida');
    expect(outcomes(resumen)).toEqual({ AAA: 'KLK_INACCESIBLE' });
    expect(scene.lines().filter(({ message }) => message === MENSAJES_ALMACEN.reintento)).toHaveLength(1);
  });

  it.each([
    ['sin-cabeceras', 'KLK_SIN_RESPUESTA'],
    ['cierra', 'KLK_CORTADA'],
    ['reset', 'KLK_CORTADA'],
    ['cuerpo-corto', 'KLK_CORTADA'],
  ] as const)('keeps the warehouse while KLK does this: %s', async (fault, codigo) => {
    await expectKept(scene, fault, codigo, SHORT);
  });

  it('keeps the warehouse when what answers does not speak HTTP', async () => {
    await expectKept(scene, writing('SSH-2.0-OpenSSH_9.6\r\n'), 'KLK_CORTADA', SHORT);
  });

  it.each([
    [['sin-cabeceras', 'cierra', 'reset'] as const],
    [['cuerpo-corto', writing('SSH-2.0-OpenSSH_9.6\r\n')] as const],
  ])('loads at the second attempt after %p', async (faults) => {
    await expectRetried(scene, faults, SHORT);
  });
});

describe('body that drips for ever, endless body, body above the byte cap', () => {
  const big = (bytes: number): ReturnType<typeof answering> => answering(Buffer.alloc(bytes, ' '));

  it('ends a dripping body at the limit of the whole answer', async () => {
    await expectKept(scene, 'goteo', 'KLK_SIN_RESPUESTA', SHORT);
  });

  it('ends headers that drip for ever at the same limit', async () => {
    await expectKept(scene, writing('HTTP/1.1 200 OK\r\nx-nunca: '), 'KLK_SIN_RESPUESTA', SHORT);
  });

  it('stops reading an endless body at the byte cap', async () => {
    await expectKept(scene, 'infinito', 'KLK_DEMASIADO_GRANDE');
  });

  it('refuses a body above the byte cap', async () => {
    await expectKept(scene, big(1_000_001), 'KLK_DEMASIADO_GRANDE');
  });

  it('loads at the second attempt', async () => {
    await expectRetried(scene, ['goteo', 'infinito', big(1_000_001)], SHORT);
  });
});

describe('429 / 503 with `Retry-After` (seconds, date, garbage, an hour)', () => {
  const asking = (tipo: '429' | '503', retryAfter: string): ReturnType<typeof simulated> =>
    simulated({ tipo, retryAfter });

  it('waits as long as asked, in seconds or until a date, and after garbage as long as it would anyway', async () => {
    const inOneSecond = new Date(Date.now() + 1_000).toUTCString();
    scene.klk.requests = [];
    await expectRetried(scene, [asking('429', '1'), asking('503', inOneSecond), asking('429', 'pronto')]);
    const [first, second] = scene.klk.requests.filter(({ almacen }) => almacen === 'AAA');
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    ['an hour', asking('429', '3600')],
    ['a date next year', asking('503', new Date(Date.now() + 365 * 86_400_000).toUTCString())],
  ])('gives up at once when it asks to wait %s', async (_wait, behaviour) => {
    await expectNotRetried(scene, behaviour, 'KLK_SATURADA');
  });
});

describe('500, 502, 504', () => {
  it.each(['500', '502', '504'] as const)('keeps the warehouse while KLK answers %s', async (status) => {
    await expectKept(scene, status, 'KLK_ERROR_SERVIDOR');
  });

  it('loads at the second attempt', async () => {
    await expectRetried(scene, ['500', '502', '504']);
  });

  it.each(['400', '401', '403', '404', 'redireccion'] as const)(
    'keeps it without a second attempt after %s',
    async (status) => {
      await expectNotRetried(scene, status, 'KLK_SOLICITUD_RECHAZADA');
    },
  );
});
