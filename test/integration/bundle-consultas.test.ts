import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { invokeBundle, synthesizeConsultas } from './bundles.ts';

const MAX_BUNDLE_BYTES = 1_500_000;

const stack = await synthesizeConsultas();
afterAll(() => stack.remove());

describe('The bundle of the queries', () => {
  it('It is smaller than 1.5 MB and needs nothing beside it', async () => {
    const { asset } = stack.lambda;
    expect((await readdir(asset)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    expect((await stat(join(asset, 'index.mjs'))).size).toBeLessThan(MAX_BUNDLE_BYTES);
  });

  it('It starts on Node 24 and answers a reader without a token with a problem, without any other system', async () => {
    const event = {
      version: '2.0',
      rawPath: '/tiendas',
      rawQueryString: '',
      headers: {},
      requestContext: { requestId: 'prueba', http: { method: 'GET' } },
    };
    const { node, error, result } = await invokeBundle(stack.lambda, event, {
      CONSULTAS_DB_SECRET_ARN: 'consultas',
      CONSULTAS_ISSUER: 'https://acceso.example.com',
      CONSULTAS_AUDIENCE: 'inventario-klk',
      AWS_REGION: 'us-east-1',
    });
    expect(error).toBeUndefined();
    expect(node).toMatch(/^v24\./);
    expect(result).toMatchObject({
      statusCode: 401,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
      body: expect.stringContaining('urn:consultas:sin-sesion'),
    });
  });
});

describe('The files of the page', () => {
  it('They are the page, which loads files of its own site alone and runs nothing inline', async () => {
    const html = await readFile(join(stack.page, 'index.html'), 'utf8');
    expect(html).toMatch(/<script type="module" [^>]*src="\/assets\/[^"]+\.js"/);
    expect(html).not.toMatch(/https?:|<style|style="|<script(?![^>]*src=)/);
  });

  it('They carry the hash of their content in their name below assets/, and lie at the root otherwise', async () => {
    const files = (await readdir(stack.page, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(stack.page.length));
    const expected = /^\/(assets\/[\w-]+-[\w-]{8}\.\w+|[^/]+\.[a-z]+)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    expect(files).not.toContain('/configuracion.json');
  });
});
