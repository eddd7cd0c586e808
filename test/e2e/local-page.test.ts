import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createCheckout, runPasted, startBin } from '../support/commands.ts';
import type { Finished, Started } from '../support/commands.ts';
import { login } from '../support/consultas-login.ts';
import type { IssuerAccess } from '../support/consultas-login.ts';

let checkout: Awaited<ReturnType<typeof createCheckout>>;
let loaded: Finished;
let server: Started;
let exports: Promise<string>;
let url: string;

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(new URL(path, url), { redirect: 'manual', ...init });

beforeAll(async () => {
  checkout = await createCheckout();
  loaded = await runPasted('npm run -s local', {}, checkout.root);
  const port = await findFreePort();
  url = `http://127.0.0.1:${port}`;
  server = startBin('local', ['servir', '--puerto', String(port)], {}, checkout.root);
  exports = text(server.stdout);
  for await (const chunk of server.stderr) if (String(chunk).includes(url)) break;
});

afterAll(async () => {
  server.kill('SIGKILL');
  await checkout.remove();
});

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = z.object({ port: z.number() }).parse(probe.address());
  await new Promise((closed) => probe.close(closed));
  return address.port;
}

async function enter(persona: string): Promise<(path: string) => Promise<Response>> {
  const access: IssuerAccess = {
    issuer: url,
    redirectUri: `${url}/entrar`,
    ask: (address, init) => fetch(address, { redirect: 'manual', ...init }),
  };
  const { id_token: token } = await login(access, persona);
  return (path) => ask(`/api${path}`, { headers: { Authorization: `Bearer ${token}` } });
}

const Sesion = z.object({
  rol: z.string(),
  tiendas: z.array(z.object({ id: z.string(), nombre: z.string() })),
});
const Tiendas = z.object({
  filas: z.array(
    z.object({ tienda: z.object({ id: z.string() }), articulos: z.number(), existenciasHasta: z.string() }),
  ),
});

describe('npm run local on an empty database', () => {
  it('makes sixty days of trade, loads both pipelines, and ends with the address of the page and the command that serves it', () => {
    expect(loaded).toMatchObject({ status: 0 });
    expect(loaded.stderr).toMatch(
      /^La base está vacía: se simulan primero 60 días de comercio, solo esta vez\.$/m,
    );
    expect(loaded.stdout).toContain('Ventas: ejecución exitosa en');
    expect(loaded.stdout.trimEnd().split('\n').at(-1)).toBe(
      'Para verlo todo en una página: npm run local -- servir, y abra http://127.0.0.1:4180',
    );
  });
});

describe('npm run local -- servir', () => {
  it.each(['/', '/ventas?nivel=articulo', '/articulo/000001'])('serves the page at %s', async (path) => {
    const response = await ask(path);

    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(await response.text()).toContain('<script type="module"');
    expect(response.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self';",
    );
  });

  it('gives the page the address of its issuer', async () => {
    expect(await (await ask('/configuracion.json')).json()).toEqual({
      issuer: url,
      clientId: 'consultas-local',
      authorizeUrl: `${url}/oauth2/authorize`,
      tokenUrl: `${url}/oauth2/token`,
      logoutUrl: `${url}/logout`,
    });
  });

  it('answers no request without a token', async () => {
    expect((await ask('/api/tiendas')).status).toBe(401);
    expect((await ask('/api/tiendas', { headers: { Authorization: 'Bearer abc.def.ghi' } })).status).toBe(
      401,
    );
  });

  it('shows a buyer every store, with its stock', async () => {
    const askAs = await enter('comprador');

    expect(Sesion.parse(await (await askAs('/sesion')).json())).toMatchObject({
      rol: 'comprador',
      tiendas: expect.arrayContaining([{ id: 'tienda_20', nombre: 'TAZAJAL' }]),
    });
    const { filas } = Tiendas.parse(await (await askAs('/tiendas')).json());
    expect(filas.map(({ tienda }) => tienda.id).sort()).toEqual([
      'tienda_01',
      'tienda_08',
      'tienda_17',
      'tienda_18',
      'tienda_20',
    ]);
    for (const { articulos } of filas) expect(articulos).toBeGreaterThan(3_800);
  });

  it('shows a manager his store, and refuses any other', async () => {
    const askAs = await enter('gerente-tienda_20');

    expect(Sesion.parse(await (await askAs('/sesion')).json())).toEqual({
      rol: 'gerente',
      tiendas: [{ id: 'tienda_20', nombre: 'TAZAJAL' }],
    });
    const { filas } = Tiendas.parse(await (await askAs('/tiendas')).json());
    expect(filas.map(({ tienda }) => tienda.id)).toEqual(['tienda_20']);
    const foreign = await askAs('/tiendas?tienda=tienda_01');
    expect([foreign.status, await foreign.json()]).toEqual([
      403,
      expect.objectContaining({ type: 'urn:consultas:tienda-ajena' }),
    ]);
  });

  it('prints only variables on standard output, and on Ctrl-C stops page and PostgreSQL and exits 0', async () => {
    server.kill('SIGINT');
    const closed: unknown[] = await once(server, 'close');

    expect(closed[0]).toBe(0);
    expect((await exports).trimEnd().split('\n')).toEqual(
      ['KLK_URL', 'POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_DB', 'POSTGRES_USER', 'POSTGRES_PASSWORD'].map(
        (name): unknown => expect.stringMatching(new RegExp(`^export ${name}=\\S+$`)),
      ),
    );
    expect(existsSync(join(checkout.root, '.local', 'postgres', 'owner.pid'))).toBe(false);
    await expect(ask('/')).rejects.toThrow();
  });
});
