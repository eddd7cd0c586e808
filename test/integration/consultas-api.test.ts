import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createApp, MENSAJES } from '../../lambdas/consultas/app.ts';
import type { App } from '../../lambdas/consultas/app.ts';
import { openDatabase } from '../../lambdas/consultas/database.ts';
import type { Database } from '../../lambdas/consultas/database.ts';
import { ENDPOINTS } from '../../lambdas/consultas/endpoints/index.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import {
  ACCESS,
  askApp,
  claimsOf,
  closeAfterEach,
  COMPRADOR,
  gerenteDe,
  useConsultas,
  whileNobodyWrites,
} from '../support/consultas.ts';

const closing = closeAfterEach();
const world = await useConsultas();
const { database, reader, get, logged } = world;

beforeAll(async () => {
  await database.query(
    `INSERT INTO ubicaciones (id, nombre) VALUES ('tienda_01', 'FERIAS'), ('tienda_02', 'BOSQUE');
     INSERT INTO productos (id, codigo, nombre) VALUES ('000001', '000001', 'ARROZ')`,
  );
});

/** An app over another way to the database. */
function appOver(api: Database): App {
  const ignore = (): void => undefined;
  return createApp({
    database: closing(api),
    access: ACCESS,
    version: 'prueba',
    log: { info: ignore, error: ignore },
  });
}

const appAt = (readSettings: () => Promise<DatabaseSettings>): App => appOver(openDatabase({ readSettings }));

describe('An answer', () => {
  it('It may be cached for its user only, and is revalidated each time', async () => {
    const { headers } = await get('/sesion');

    expect(headers.get('Cache-Control')).toBe('private, no-cache');
    expect(headers.get('Vary')).toBe('Authorization');
    expect(headers.get('ETag')).toMatch(/^W\/"[\w-]{43}"$/);
  });

  it('It has its headers and no body for a HEAD request', async () => {
    for (const path of ['/tiendas', '/tiendas?formato=csv', '/openapi.json']) {
      const asked = await world.app.fetch(new Request(`https://api${path}`, { method: 'HEAD' }), {
        claims: COMPRADOR,
      });
      const { headers } = await get(path);
      expect(asked.status).toBe(200);
      expect(await asked.text()).toBe('');
      expect(asked.headers.get('Content-Type')).toBe(headers.get('Content-Type'));
    }
  });

  it('It is 304 for a request with its ETag until something is written', async () => {
    const { etag, second } = await whileNobodyWrites(async () => {
      const held = (await get('/tiendas')).headers.get('ETag') ?? '';
      const answer = await get('/tiendas', { headers: { 'If-None-Match': `"otra", ${held}` } });
      return answer.status === 304 ? { etag: held, second: answer } : undefined;
    });
    expect(second.text).toBe('');
    expect(second.headers.get('ETag')).toBe(etag);

    const headers = { 'If-None-Match': etag };
    await database.query(`UPDATE ubicaciones SET nombre = 'OTRO' WHERE id = 'tienda_02'`);
    expect(await get('/tiendas', { headers })).toMatchObject({ status: 200 });
    await database.query(`UPDATE ubicaciones SET nombre = 'BOSQUE' WHERE id = 'tienda_02'`);
  });

  it('A 304 reads no rows', async () => {
    const proxy = await startPgProxy({ host: reader.host, port: reader.port });
    const app = appAt(() => Promise.resolve({ ...reader, host: '127.0.0.1', port: proxy.port }));
    const statements = await whileNobodyWrites(async () => {
      const { headers } = await askApp(app, '/tiendas');
      proxy.reset();
      const again = await askApp(app, '/tiendas', {
        headers: { 'If-None-Match': headers.get('ETag') ?? '' },
      });
      return again.status === 304 ? proxy.statements() : undefined;
    });

    expect(statements.map((sql) => sql.trim().split(/\s+/)[0])).toEqual(['BEGIN', 'SELECT', 'COMMIT']);
    await proxy.close();
  });

  it('It reads the stores and the age of their data once while nothing is written, and again afterwards', async () => {
    const proxy = await startPgProxy({ host: reader.host, port: reader.port });
    const app = appAt(() => Promise.resolve({ ...reader, host: '127.0.0.1', port: proxy.port }));
    const shared = (): readonly string[] =>
      proxy.statements().filter((sql) => /FROM consultas\.(tiendas|frescura)/.test(sql));
    await whileNobodyWrites(async () => {
      const { headers } = await askApp(app, '/ventas');
      proxy.reset();
      const again = await askApp(app, '/ventas?nivel=categoria');
      const held = await askApp(app, '/ventas', { headers: { 'If-None-Match': headers.get('ETag') ?? '' } });
      expect(again.status).toBe(200);
      return held.status === 304 ? held : undefined;
    });
    expect(shared()).toEqual([]);

    await database.query(`UPDATE ubicaciones SET nombre = 'OTRO' WHERE id = 'tienda_02'`);
    expect((await askApp(app, '/ventas')).json).toMatchObject({
      filas: expect.arrayContaining([
        expect.objectContaining({ clave: { id: 'tienda_02', nombre: 'OTRO' } }),
      ]),
    });
    await database.query(`UPDATE ubicaciones SET nombre = 'BOSQUE' WHERE id = 'tienda_02'`);
    await proxy.close();
  });

  it('It has another ETag for another question, another format and another program', async () => {
    const etagOf = async (path: string, app = world.app): Promise<string | null> =>
      (await askApp(app, path)).headers.get('ETag');
    const other = createApp({
      database: closing(openDatabase({ readSettings: () => Promise.resolve(reader) })),
      access: ACCESS,
      version: 'otra',
      log: { info: () => undefined, error: () => undefined },
    });
    const etags = [
      await etagOf('/tiendas'),
      await etagOf('/tiendas?tienda=tienda_01'),
      await etagOf('/tiendas?formato=csv'),
      await etagOf('/datos'),
      await etagOf('/tiendas', other),
    ];
    expect(new Set(etags).size).toBe(etags.length);
  });

  it('It has the same ETag however its parameters are ordered', async () => {
    const etagOf = async (path: string): Promise<string | null> => (await get(path)).headers.get('ETag');
    await whileNobodyWrites(async () => {
      const one = await etagOf('/tiendas?formato=csv&tienda=tienda_01');
      return one === (await etagOf('/tiendas?tienda=tienda_01&formato=csv')) ? one : undefined;
    });
  });
});

describe('A parameter', () => {
  const erroresOf = async (path: string): Promise<unknown> => {
    const { status, json } = await get(path);
    expect(status).toBe(400);
    return z.looseObject({ errores: z.unknown() }).parse(json).errores;
  };

  it('It is refused when it does not exist, with those that do', async () => {
    expect(await erroresOf('/tiendas?tiendas=tienda_01&limite=5')).toEqual([
      { campo: 'tiendas', mensaje: 'no existe', validos: ['tienda', 'formato'] },
      { campo: 'limite', mensaje: 'no existe', validos: ['tienda', 'formato'] },
    ]);
  });

  it('It is refused when it is repeated', async () => {
    expect(await erroresOf('/tiendas?tienda=tienda_01&tienda=tienda_01')).toEqual([
      { campo: 'tienda', mensaje: 'está repetido' },
    ]);
  });

  it('It is refused when it is empty, has control characters or is not one of the valid values, all at once', async () => {
    expect(await erroresOf('/tiendas?tienda=&formato=xls')).toEqual([
      { campo: 'tienda', mensaje: 'está vacío' },
      { campo: 'formato', mensaje: 'no es uno de los valores válidos', validos: ['json', 'csv'] },
    ]);
    expect(await erroresOf('/existencias?q=%20%20')).toEqual([{ campo: 'q', mensaje: 'está vacío' }]);
    expect(await erroresOf('/tiendas?tienda=a%00b')).toEqual([
      { campo: 'tienda', mensaje: 'tiene caracteres de control' },
    ]);
  });

  it('Its name is cut in the answer when it is unknown and long', async () => {
    const { text } = await get(`/tiendas?${'x'.repeat(9_000)}=1`);

    expect(text.length).toBeLessThan(500);
  });
});

describe('The API', () => {
  it('It describes itself, to everybody, with every address, parameter and answer', async () => {
    const { json, headers } = await get('/openapi.json', { claims: null });
    const document = z
      .looseObject({
        openapi: z.string(),
        paths: z.record(z.string(), z.looseObject({ get: z.looseObject({}) })),
      })
      .parse(json);

    expect(document.openapi).toBe('3.1.0');
    expect(headers.get('Cache-Control')).toBe('private, max-age=300');
    expect(Object.keys(document.paths).toSorted()).toEqual(ENDPOINTS.map(({ path }) => path).toSorted());
    for (const { path, parameters: expected } of ENDPOINTS) {
      const { parameters = [] } = z
        .looseObject({ parameters: z.array(z.looseObject({ name: z.string() })).optional() })
        .parse(document.paths[path]?.get);
      expect(parameters.map(({ name }) => name).toSorted()).toEqual(Object.keys(expected.shape).toSorted());
    }
  });

  it('It answers what it describes, in every case', async () => {
    // `get` compares every answer, in all tests of the API.
    for (const { path: pattern } of ENDPOINTS) {
      const path = pattern.replaceAll(/\{\w+\}/g, '000001');
      for (const [options, status] of [
        [{}, 200],
        [{ claims: null }, 401],
        [{ claims: claimsOf({}) }, 403],
      ] as const) {
        expect(await get(path, options)).toMatchObject({ status });
      }
      expect(await get(`${path}?x=1`)).toMatchObject({ status: 400 });
    }
    expect(await get('/articulos/000002')).toMatchObject({ status: 404 });
  });

  it('It logs one line for each request, without token and parameters', async () => {
    await get('/tiendas?tienda=tienda_01', { claims: gerenteDe('tienda_01') });
    await get('/no-hay');

    expect(logged.slice(-2)).toEqual([
      {
        message: MENSAJES.consulta,
        extra: { metodo: 'GET', ruta: '/tiendas', estado: 200, ms: expect.any(Number) },
      },
      {
        message: MENSAJES.consulta,
        extra: { metodo: 'GET', ruta: undefined, estado: 404, ms: expect.any(Number) },
      },
    ]);
  });
});

describe('A database in trouble', () => {
  afterEach(async () => {
    await database.query(`ALTER ROLE ${reader.user} PASSWORD '${reader.password}'`);
  });

  it('It is answered with 503 and when to try again, when nobody listens', async () => {
    const app = appAt(() => Promise.resolve({ ...reader, host: '127.0.0.1', port: 1 }));
    const answer = await askApp(app, '/sesion');

    expect(answer).toMatchObject({ status: 503, json: { type: 'urn:consultas:base-inaccesible' } });
    expect(answer.headers.get('Retry-After')).toBe('30');
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });

  it('It is asked again by the next request once it is back', async () => {
    const down = { ...reader, host: '127.0.0.1', port: 1 };
    let settings = down;
    const app = appAt(() => Promise.resolve(settings));
    expect((await askApp(app, '/sesion')).status).toBe(503);
    settings = reader;
    expect((await askApp(app, '/sesion')).status).toBe(200);
  });

  it('Its connection is opened again in the same request when it was lost', async () => {
    expect((await get('/sesion')).status).toBe(200);
    await database.query(
      `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1`,
      [reader.user],
    );
    expect((await get('/sesion')).status).toBe(200);
  });

  it('It is 503 when every connection is cut, and answers the next request', async () => {
    const proxy = await startPgProxy({ host: reader.host, port: reader.port });
    const app = appAt(() => Promise.resolve({ ...reader, host: '127.0.0.1', port: proxy.port }));
    proxy.cut(/FROM consultas\.tiendas/, 'before');
    expect(await askApp(app, '/sesion')).toMatchObject({
      status: 503,
      json: { type: 'urn:consultas:base-inaccesible' },
    });
    proxy.reset();
    expect((await askApp(app, '/sesion')).status).toBe(200);
    await proxy.close();
  });

  it('Its password is read again as often as it is rotated', async () => {
    let password = reader.password;
    const app = appAt(() => Promise.resolve({ ...reader, password }));
    for (const next of ['primera-clave', 'segunda-clave', 'tercera-clave']) {
      await database.query(`ALTER ROLE ${reader.user} PASSWORD '${next}'`);
      await database.query(
        `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1`,
        [reader.user],
      );
      password = next;
      expect((await askApp(app, '/sesion')).status).toBe(200);
    }
  });

  it('It is 503 with Retry-After when a statement takes too long', async () => {
    const locker = await database.openSession();
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE ubicaciones IN ACCESS EXCLUSIVE MODE');
    const answer = await get('/sesion');
    await locker.query('ROLLBACK');

    expect(answer).toMatchObject({ status: 503, json: { type: 'urn:consultas:demasiado-lento' } });
    expect(answer.headers.get('Retry-After')).toBe('10');
    expect((await get('/sesion')).status).toBe(200);
  });

  it('It is 503 when it was not migrated', async () => {
    const admin = { ...database.admin, database: 'postgres' };
    const answer = await askApp(
      appAt(() => Promise.resolve(admin)),
      '/sesion',
    );

    expect(answer).toMatchObject({ status: 503, json: { type: 'urn:consultas:base-inaccesible' } });
  });

  it('An unexpected error is answered with the number under which it is logged, and nothing else', async () => {
    const lines: { message: string; extra: Record<string, unknown> }[] = [];
    const note = (message: string, extra: Record<string, unknown>): void => {
      lines.push({ message, extra });
    };
    const app = createApp({
      database: { ask: () => Promise.reject(new TypeError('clave-secreta')), close: () => Promise.resolve() },
      access: ACCESS,
      version: 'prueba',
      log: { info: note, error: note },
    });
    const { status, text } = await askApp(app, '/sesion', { claims: COMPRADOR });
    const [fallida] = lines.filter(({ message }) => message === MENSAJES.fallida);

    expect(status).toBe(500);
    expect(text).not.toContain('clave-secreta');
    expect(text).toContain(String(fallida?.extra['id']));
  });

  it('It serves several requests at once, each from its own connection', async () => {
    const app = appOver(openDatabase({ readSettings: () => Promise.resolve(reader), connections: 3 }));
    const answers = await Promise.all(Array.from({ length: 12 }, () => askApp(app, '/tiendas')));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect((await database.sessions()).length).toBeLessThanOrEqual(3);
  });
});
