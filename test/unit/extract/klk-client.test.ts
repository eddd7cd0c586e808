import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { requestArticulos } from '../../../lambdas/inventario-klk/extract/fetch-inventario.ts';
import { withKlkClient } from '../../../lambdas/core/klk/client.ts';
import { KlkSettingsSchema } from '../../../lambdas/core/klk/settings.ts';
import type { KlkLimits } from '../../../lambdas/core/klk/settings.ts';
import { klkLimits } from '../../fixtures/klk/limits.ts';

interface Received {
  readonly metodo: string | undefined;
  readonly ruta: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that answers everything with `status` after `latencyMs`, is silent for `stallMs` after the first byte, and remembers what it was asked. */
async function startServer({
  status = 200,
  body = '[]',
  latencyMs = 0,
  stallMs = 0,
  headers = {},
} = {}): Promise<{
  url: string;
  received: Received[];
  connections: () => number;
  open: () => Promise<number>;
}> {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    void text(request).then((requestBody) => {
      const { method: metodo, url: ruta, headers: sent } = request;
      received.push({ metodo, ruta, headers: sent, body: requestBody });
      setTimeout(() => {
        response.writeHead(status, headers).write(body.slice(0, 1));
        setTimeout(() => response.end(body.slice(1)), stallMs);
      }, latencyMs);
    });
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    connections: () => connections,
    open: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      }),
  };
}

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

const never = new AbortController().signal;

/** Asks for these warehouses one after the other with one client. */
function fetchAll(
  settings: unknown,
  almacenes: readonly string[] = ['APP-TPF'],
  limits: Partial<KlkLimits> = {},
): Promise<string[]> {
  return withKlkClient(KlkSettingsSchema.parse(settings), klkLimits(limits), async (client) => {
    const bodies: string[] = [];
    for (const almacen of almacenes) {
      bodies.push(await client.request(requestArticulos(almacen), never, () => undefined));
    }
    return bodies;
  });
}

describe('a request to KLK', () => {
  it('asks for one warehouse, as documented', async () => {
    const { url, received } = await startServer({ body: '[1]' });

    expect(await fetchAll({ baseUrl: url }, ['APP-TPF'])).toEqual(['[1]']);
    expect(received).toMatchObject([
      {
        metodo: 'POST',
        ruta: '/maestra/articulos/almacen',
        body: '{"Codigoalmacen":"APP-TPF"}',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
      },
    ]);
  });

  it.each(['/klk/api', '/klk/api/'])('keeps the path of the address: %s', async (path) => {
    const { url, received } = await startServer();

    await fetchAll({ baseUrl: `${url}${path}` });

    expect(received[0]?.ruta).toBe('/klk/api/maestra/articulos/almacen');
  });

  it('carries the headers that a gateway requires', async () => {
    const { url, received } = await startServer();

    await fetchAll({ baseUrl: url, headers: { Authorization: 'Bearer x', 'x-api-key': 'y' } });

    expect(received[0]?.headers).toMatchObject({ authorization: 'Bearer x', 'x-api-key': 'y' });
  });

  it('uses one connection, which is kept alive and closed at the end', async () => {
    const server = await startServer();

    await fetchAll({ baseUrl: server.url }, ['A', 'B', 'C', 'D'], { concurrency: 1 });

    expect(server.received).toHaveLength(4);
    expect(server.connections()).toBe(1);
    while ((await server.open()) > 0) await new Promise(setImmediate);
  });

  it('opens no more connections than are allowed at once', async () => {
    const { url, connections } = await startServer({ latencyMs: 10 });

    await withKlkClient(KlkSettingsSchema.parse({ baseUrl: url }), klkLimits({ concurrency: 2 }), (client) =>
      Promise.all(
        ['A', 'B', 'C', 'D', 'E'].map((codigo) =>
          client.request(requestArticulos(codigo), never, () => undefined),
        ),
      ),
    );

    expect(connections()).toBe(2);
  });

  it('does not follow a redirect', async () => {
    const { url, received } = await startServer({ status: 307, body: '', headers: { location: '/otra' } });

    await expect(fetchAll({ baseUrl: url })).rejects.toMatchObject({
      codigo: 'KLK_SOLICITUD_RECHAZADA',
      message: 'KLK contestó HTTP 307: (vacío)',
    });
    expect(received).toHaveLength(1);
  });

  it('that is refused quotes at most 200 characters of the answer, none of them a control character', async () => {
    const { url } = await startServer({ status: 401, body: `\u001b[31m<h1>\n${'x'.repeat(9_000)}` });

    await expect(fetchAll({ baseUrl: url })).rejects.toMatchObject({
      message: expect.stringMatching(/^KLK contestó HTTP 401: \[31m<h1> x{180,191}$/),
    });
  });

  it('returns the Retry-After of a busy server', async () => {
    const { url } = await startServer({ status: 429, headers: { 'retry-after': '7' } });

    await expect(fetchAll({ baseUrl: url })).rejects.toMatchObject({
      codigo: 'KLK_SATURADA',
      retryAfterMs: 7_000,
    });
  });

  it('is cut off at the byte cap, announced or not', async () => {
    const announced = await startServer({ body: 'x'.repeat(2_000), headers: { 'content-length': 2_000 } });
    const chunked = await startServer({
      body: 'x'.repeat(2_000),
      headers: { 'transfer-encoding': 'chunked' },
    });

    for (const { url } of [announced, chunked]) {
      await expect(fetchAll({ baseUrl: url }, ['A'], { maxBytes: 1_999 })).rejects.toMatchObject({
        codigo: 'KLK_DEMASIADO_GRANDE',
      });
      expect(await fetchAll({ baseUrl: url }, ['A'], { maxBytes: 2_000 })).toHaveLength(1);
    }
  });

  it('may take the whole time of an attempt, before the first byte or between two', async () => {
    const slow = await startServer({ body: '[1]', latencyMs: 11_000 });
    const stalling = await startServer({ body: '[1]', stallMs: 16_000 });

    expect(
      await Promise.all(
        [slow, stalling].map(({ url }) => fetchAll({ baseUrl: url }, ['A'], { timeoutMs: 25_000 })),
      ),
    ).toEqual([['[1]'], ['[1]']]);
  });

  it('to a closed port fails as KLK_INACCESIBLE', async () => {
    const { url } = await startServer();
    await cleanups.pop()?.();

    await expect(fetchAll({ baseUrl: url })).rejects.toMatchObject({
      codigo: 'KLK_INACCESIBLE',
      message: expect.stringMatching(/^No se pudo conectar a KLK \(127\.0\.0\.1:\d+\): .*ECONNREFUSED/),
    });
  });
});
