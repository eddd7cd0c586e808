import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCatalogo } from '../../../lambdas/core/config/catalogo.ts';
import { contentSecurityPolicy } from '../../../lambdas/core/config/contract.ts';
import { ConfiguracionInvalida } from '../../../lambdas/core/errors/invalid.ts';
import { CABECERAS } from '../../../local/consultas/headers.ts';
import { startConsultas } from '../../../local/consultas/serve-consultas.ts';
import type { Consultas, ConsultasOptions } from '../../../local/consultas/serve-consultas.ts';
import { login } from '../../support/consultas-login.ts';

const PAGE = '<!doctype html><title>La página</title>';

let webDir: string;
let options: ConsultasOptions;
let page: Consultas;
const errors: string[] = [];

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'inventario-klk-web-'));
  await writeFile(join(webDir, 'index.html'), PAGE);
  await mkdir(join(webDir, 'assets'));
  await writeFile(join(webDir, 'assets', 'index-abc.js'), 'export {};');
  options = {
    // Nothing listens there.
    database: { host: '127.0.0.1', port: 9, database: 'no', user: 'no', password: 'no', tls: false },
    port: 0,
    webDir,
    tiendas: readCatalogo(),
    onError: (message) => errors.push(message),
  };
  page = await startConsultas(options);
});

afterAll(async () => {
  await page.close();
  await rm(webDir, { recursive: true });
});

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(new URL(path, page.url), { redirect: 'manual', ...init });

/** Without the corrections that `fetch` makes of a path. */
async function askRaw(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; location: string }> {
  return new Promise((resolve, reject) => {
    request(page.url, { path, headers }, (response) => {
      text(response)
        .then((body) => {
          resolve({ status: response.statusCode ?? 0, body, location: response.headers.location ?? '' });
        })
        .catch(reject);
    })
      .on('error', reject)
      .end();
  });
}

describe('The page on this machine', () => {
  it('is sent with the headers that CloudFront sends, and is revalidated each time', async () => {
    const { headers } = await ask('/');

    expect(Object.fromEntries(headers)).toMatchObject({
      ...Object.fromEntries(Object.entries(CABECERAS).map(([name, value]) => [name.toLowerCase(), value])),
      'content-security-policy': contentSecurityPolicy(page.url),
      'cache-control': 'no-cache',
    });
  });

  it('has files that browsers keep for good, because their names change with their content', async () => {
    const response = await ask('/assets/index-abc.js');

    expect(await response.text()).toBe('export {};');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each(['/../../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd', '//etc/passwd'])(
    'gives nothing else of this machine: %s',
    async (path) => {
      expect(await askRaw(path)).toMatchObject({ status: 200, body: PAGE });
    },
  );

  it('is served under one host name only', async () => {
    expect(await askRaw('/ventas', { host: 'ladron.example' })).toMatchObject({
      status: 307,
      location: `${page.url}/ventas`,
    });
  });

  it('has a login form with a policy of its own', async () => {
    const { headers } = await ask('/oauth2/authorize');

    expect(headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  it('is there while the database is down, and its API says so', async () => {
    const access = {
      issuer: page.url,
      redirectUri: `${page.url}/entrar`,
      ask: (url: string, init?: RequestInit) => fetch(url, { redirect: 'manual', ...init }),
    };
    const { id_token: idToken, access_token: accessToken } = await login(access, 'comprador');
    const askAs = (token: string): Promise<Response> =>
      ask('/api/sesion', { headers: { Authorization: `Bearer ${token}` } });

    const response = await askAs(idToken);
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ type: 'urn:consultas:base-inaccesible' }),
    ]);
    expect(errors.join()).toContain('Consulta fallida');
    expect((await askAs(accessToken)).status).toBe(401);
    expect((await ask('/')).status).toBe(200);
  });

  it('says that its port is taken, and names the option', async () => {
    const taken = startConsultas({ ...options, port: Number(new URL(page.url).port) });

    await expect(taken).rejects.toThrow(ConfiguracionInvalida);
    await expect(taken).rejects.toThrow(/está ocupado.*--puerto \d+/);
  });
});
