import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { createApp } from '../lambdas/consultas/app.ts';
import { openDatabase } from '../lambdas/consultas/database.ts';

/** The API in a process of its own, with the one connection that a Lambda's sandbox has. Answers its address, then what it holds in memory, in MB, each time it is asked. */
const Order = z.object({
  database: z.object({
    host: z.string(),
    port: z.number(),
    database: z.string(),
    user: z.string(),
    password: z.string(),
    tls: z.literal(false),
  }),
});

const ACCESS = {
  issuer: 'https://emisor.example',
  audience: 'pagina',
  claimRol: 'cognito:groups',
  claimTiendas: 'custom:tiendas',
};

/** A buyer, who sees all stores. API Gateway has verified the token before. */
const CLAIMS = {
  iss: ACCESS.issuer,
  aud: ACCESS.audience,
  exp: Number.MAX_SAFE_INTEGER / 1_000,
  'cognito:groups': 'compradores',
};

const nothing = (): void => undefined;

/** Memory that garbage takes says nothing of a leak. */
function measureHeld(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

process.once('message', (message) => {
  const { database } = Order.parse(message);
  const app = createApp({
    database: openDatabase({ readSettings: () => Promise.resolve(database) }),
    access: ACCESS,
    version: 'bench',
    log: { info: nothing, error: nothing },
  });
  serve(
    { fetch: (request: Request) => app.fetch(request, { claims: CLAIMS }), port: 0, hostname: '127.0.0.1' },
    ({ port }: AddressInfo) => {
      process.send?.(`http://127.0.0.1:${port}`);
      process.on('message', () => process.send?.(measureHeld()));
    },
  );
});
