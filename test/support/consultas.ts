import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, expect } from '@jest/globals';
import { z } from 'zod';
import { createApp } from '../../lambdas/consultas/app.ts';
import type { App } from '../../lambdas/consultas/app.ts';
import { openDatabase } from '../../lambdas/consultas/database.ts';
import type { Database } from '../../lambdas/consultas/database.ts';
import { ProblemSchema } from '../../lambdas/consultas/problem.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { CONSULTAS, createUser } from '../../lambdas/migraciones/create-user.ts';
import { useDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';

/** Whose tokens the API of the tests accepts. */
export const ACCESS = {
  issuer: 'https://emisor.example',
  audience: 'pagina',
  claimRol: 'cognito:groups',
  claimTiendas: 'custom:tiendas',
};

/** The claims of somebody's token: what every token of ours has, and who it is. */
export const claimsOf = (who: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  iss: ACCESS.issuer,
  aud: ACCESS.audience,
  exp: Math.floor(Date.now() / 1_000) + 3_600,
  token_use: 'id',
  ...who,
});

export const COMPRADOR = claimsOf({ 'cognito:groups': 'compradores' });

/** A manager of these stores. */
export const gerenteDe = (...tiendas: readonly string[]): Record<string, unknown> =>
  claimsOf({ 'cognito:groups': 'gerentes', 'custom:tiendas': tiendas.join(',') });

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

/** How a test asks: as a buyer, unless told otherwise. */
export interface AskOptions {
  /** Claims of a verified token; null asks without one. */
  readonly claims?: Readonly<Record<string, unknown>> | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

/** The API over a migrated database, which it reads as its own user. */
export interface ConsultasWorld {
  readonly database: TestDatabase;
  /** The way in of the API's own user. */
  readonly reader: DatabaseSettings;
  readonly app: App;
  /** What the app logged. */
  readonly logged: readonly { readonly message: string; readonly extra: Record<string, unknown> }[];
  /** Asks, and checks that the answer is one that the OpenAPI document describes. */
  readonly get: (path: string, options?: AskOptions) => Promise<Answer>;
}

/** A database that no app has closed when the test ends is closed then. Declare it before the world, whose tests must leave no session behind. */
export function closeAfterEach(): (api: Database) => Database {
  const open: Database[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((api) => api.close()));
  });
  return (api) => {
    open.push(api);
    return api;
  };
}

/** The API over a database of its own, for the tests of one file. */
export async function useConsultas(): Promise<ConsultasWorld> {
  const logged: { message: string; extra: Record<string, unknown> }[] = [];
  // Declared before those of the database, which allow no session and end with it.
  let close = (): Promise<void> => Promise.resolve();
  let dropReader = close;
  afterEach(() => close());
  afterAll(() => dropReader());
  const database = await useDatabase();
  const reader = await createReader(database);
  dropReader = async () => {
    await database.query(`DROP OWNED BY ${reader.user}; DROP ROLE ${reader.user}`);
  };
  const api = openDatabase({ readSettings: () => Promise.resolve(reader) });
  close = () => api.close();
  const note = (message: string, extra: Record<string, unknown>): void => {
    logged.push({ message, extra });
  };
  const app = createApp({
    database: api,
    access: ACCESS,
    version: 'prueba',
    log: { info: note, error: note },
  });
  return { database, reader, app, logged, get: (path, options) => askApp(app, path, options) };
}

/** What other tests write to the same server counts as a change, so something that needs none is tried until it succeeds. */
export async function whileNobodyWrites<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
}

/** A user of the API of its own, for roles are of the whole server. */
async function createReader({ admin }: TestDatabase): Promise<DatabaseSettings> {
  const user = `consultas_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  await createUser(admin, CONSULTAS, { user, password });
  return { ...admin, user, password };
}

/** Asks an app, and checks that the answer is one that its OpenAPI document describes. */
export async function askApp(app: App, path: string, options: AskOptions = {}): Promise<Answer> {
  const { claims = COMPRADOR, headers = {}, method = 'GET' } = options;
  const response = await app.fetch(new Request(`https://api${path}`, { method, headers }), {
    claims: claims ?? undefined,
  });
  // `text()` would leave out the mark of UTF-8.
  const text = Buffer.from(await response.arrayBuffer()).toString();
  const { status } = response;
  const type = response.headers.get('Content-Type') ?? '';
  const json: unknown = type.includes('json') ? JSON.parse(text) : undefined;
  if (status >= 400) {
    expect(type).toBe('application/problem+json');
    expect(ProblemSchema.parse(json).status).toBe(status);
  }
  if (method === 'GET') expectDescribed(path, status, type, json);
  return { status, headers: response.headers, text, json };
}

const Content = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const Document = z.object({
  paths: z.record(
    z.string(),
    z.object({
      get: z.object({ responses: z.record(z.string(), z.object({ content: Content.default({}) })) }),
    }),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

/** What the API says of itself. */
const DOCUMENT = await readDocument();

async function readDocument(): Promise<z.infer<typeof Document>> {
  const app = createApp({
    database: { ask: () => Promise.reject(new TypeError('not asked')), close: () => Promise.resolve() },
    access: ACCESS,
    version: 'prueba',
    log: { info: () => undefined, error: () => undefined },
  });
  const response = await app.fetch(new Request('https://api/openapi.json'), {});
  return Document.parse(await response.json());
}

/** The schemas of the document, by their text. */
const schemas = new Map<string, z.ZodType>();

function toSchema(described: Readonly<Record<string, unknown>>): z.ZodType {
  const text = JSON.stringify(described);
  const schema =
    schemas.get(text) ??
    z.fromJSONSchema(
      z
        .record(z.string(), z.unknown())
        .parse(
          JSON.parse(
            JSON.stringify({ ...described, $defs: DOCUMENT.components.schemas }).replaceAll(
              '#/components/schemas/',
              '#/$defs/',
            ),
          ),
        ),
    );
  schemas.set(text, schema);
  return schema;
}

/** Fails unless the document describes an answer of this status and type, with this shape and no other key. */
function expectDescribed(path: string, status: number, type: string, json: unknown): void {
  const { pathname } = new URL(path, 'https://api');
  const ruta = Object.keys(DOCUMENT.paths).find((described) =>
    new RegExp(`^${described.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  if (ruta === undefined) return;
  const responses = DOCUMENT.paths[ruta]?.get.responses ?? {};
  expect(Object.keys(responses)).toContain(String(status));
  if (status === 304) return;
  const described = responses[status]?.content[type.replace(/;.*/, '')];
  expect(described).toBeDefined();
  if (json === undefined) return;
  const problem = toSchema(described?.schema ?? {}).safeParse(json).error;
  expect(problem === undefined ? '' : z.prettifyError(problem)).toBe('');
}
