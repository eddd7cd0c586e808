import { beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { answering, writing } from './klk-answers.ts';
import { startDeafListener } from './deaf-listener.ts';
import { expectKept, expectNotRetried, expectRetried, outcomes } from './expectations.ts';
import { ONE_STORE } from './pipeline-run.ts';
import { useWatchedWorld } from './watched-world.ts';

const SHORT = { klk: { timeoutMs: 3_000, connectTimeoutMs: 3_000 } };

const world = await useWatchedWorld();
beforeEach(async () => {
  await world.reset();
  await world.run();
});

describe('The connection to KLK', () => {
  const unreachable = (url: string) => (): Promise<{ url: string; close: () => Promise<void> }> =>
    Promise.resolve({ url, close: () => Promise.resolve() });

  it.each([
    ['KLK refuses connections', unreachable('http://127.0.0.1:1')],
    ['its name does not resolve', unreachable('http://klk.invalid')],
    [
      'nobody accepts the connection',
      async () => {
        const listener = await startDeafListener();
        return { url: `http://127.0.0.1:${listener.port}`, close: () => listener.close() };
      },
    ],
  ])('A run retries and then keeps all rows when %s', async (_fault, start) => {
    const klk = await start();
    const resumen = await world.run({ ...ONE_STORE, klkUrl: klk.url, klk: { ...SHORT.klk, retries: 1 } });
    await klk.close();
    expect(resumen.estado).toBe('fallida');
    expect(outcomes(resumen)).toEqual({ AAA: 'KLK_INACCESIBLE' });
    expect(world.lines().filter(({ message }) => message === MENSAJES_ALMACEN.reintento)).toHaveLength(1);
  });

  const NO_HTTP = writing('SSH-2.0-OpenSSH_9.6\r\n');

  it.each([
    ['does not answer', 'sin-cabeceras', 'KLK_SIN_RESPUESTA'],
    ['closes the connection', 'cierra', 'KLK_CORTADA'],
    ['resets the connection', 'reset', 'KLK_CORTADA'],
    ['sends less than it announced', 'cuerpo-corto', 'KLK_CORTADA'],
    ['does not speak HTTP', NO_HTTP, 'KLK_CORTADA'],
  ] as const)('A warehouse keeps its rows while KLK %s', async (_what, fault, codigo) => {
    await expectKept(world, fault, codigo, SHORT);
  });

  it.each([
    ['no answer, a closed and a reset connection', ['sin-cabeceras', 'cierra', 'reset']],
    ['a short body and bytes that are no HTTP', ['cuerpo-corto', NO_HTTP]],
  ] as const)('A warehouse loads at the second attempt after %s', async (_what, faults) => {
    await expectRetried(world, faults, SHORT);
  });
});

describe('The size and duration of an answer', () => {
  const TOO_BIG = answering(Buffer.alloc(1_000_001, ' '));

  it.each([
    ['a body that drips', 'goteo', 'KLK_SIN_RESPUESTA', SHORT],
    ['headers that drip', writing('HTTP/1.1 200 OK\r\nx-nunca: '), 'KLK_SIN_RESPUESTA', SHORT],
    ['an endless body', 'infinito', 'KLK_DEMASIADO_GRANDE', {}],
    ['a body above the byte limit', TOO_BIG, 'KLK_DEMASIADO_GRANDE', {}],
  ] as const)('An answer is given up at its limit when it is %s', async (_what, fault, codigo, options) => {
    await expectKept(world, fault, codigo, options);
  });

  it('A warehouse loads at the second attempt after an answer that was given up', async () => {
    await expectRetried(world, ['goteo', 'infinito', TOO_BIG], SHORT);
  });
});

describe('The status of an answer', () => {
  it('A retry waits as long as Retry-After asks, in seconds or until a date, and ignores an unreadable one', async () => {
    const inOneSecond = new Date(Date.now() + 1_000).toUTCString();
    world.klk.requests.splice(0);
    await expectRetried(world, [
      { tipo: '429', retryAfter: '1' },
      { tipo: '503', retryAfter: inOneSecond },
      { tipo: '429', retryAfter: 'pronto' },
    ]);
    const [first, second] = world.klk.requests.filter(({ codigos }) => codigos[0] === 'AAA');
    // A second, less what the simulator takes to note a request.
    expect(Number(second?.recibida) - Number(first?.recibida)).toBeGreaterThanOrEqual(950);
  });

  it.each([
    ['an hour', { tipo: '429', retryAfter: '3600' } as const],
    [
      'a date next year',
      { tipo: '503', retryAfter: new Date(Date.now() + 365 * 86_400_000).toUTCString() } as const,
    ],
  ])('A warehouse is given up at once when Retry-After asks for %s', async (_wait, fault) => {
    await expectNotRetried(world, fault, 'KLK_SATURADA');
  });

  it.each(['500', '502', '504'] as const)(
    'A warehouse keeps its rows while KLK answers %s',
    async (status) => {
      await expectKept(world, status, 'KLK_ERROR_SERVIDOR');
    },
  );

  it('A warehouse loads at the second attempt after 500, 502 or 504', async () => {
    await expectRetried(world, ['500', '502', '504']);
  });

  it.each(['400', '401', '403', '404', 'redireccion'] as const)(
    'A warehouse keeps its rows, without a second attempt, when KLK answers %s',
    async (status) => {
      await expectNotRetried(world, status, 'KLK_SOLICITUD_RECHAZADA');
    },
  );
});
