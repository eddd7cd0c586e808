import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { LoadCounts } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { insertTiendas, load } from '../support/loading.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import { at, PERIFERICO, snapshot } from '../support/snapshots.ts';
import { watchAlmacen } from '../support/watch-almacen.ts';
import type { Estado } from '../support/watch-almacen.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

/** Article 1 changes, 2 stays, 3 leaves, 4 is refused and 5 is new. */
const VIEJO: Estado = { inventario: '1=5 2=3 3=1 4=7', historico: null };
const NUEVO: Estado = { inventario: '1=4 2=3 4=7 5=9', historico: '1=5 2=3 3=1' };
const CONTEOS: LoadCounts = {
  productosNuevos: 1,
  productosActualizados: 0,
  inventario: 4,
  conservados: 1,
  retirados: 1,
  historico: 2,
  preciosCambiados: 0,
  forzados: [],
};

interface Corte {
  readonly lado: 'before' | 'after';
  /** Which statement of the transaction, from 1. */
  readonly n: number;
  /** In the first attempt only, or in every one. */
  readonly siempre: boolean;
}

/** What became of a load that was cut. */
interface Resultado {
  readonly resultado: LoadCounts | string;
  /** The states that a reader saw, one after the other. */
  readonly visto: readonly Estado[];
}

/** Loads twice into a warehouse of its own, the second time through a proxy that cuts. */
async function loadWithCut(corte: Corte): Promise<Resultado & { sentencias: readonly string[] }> {
  const almacen = Object.values(corte).join('-');
  const own = (cantidades: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(cantidades).map(([codigo, cantidad]) => [`${almacen}/${codigo}`, cantidad]),
    );
  await insertTiendas(database.etl, [{ ...PERIFERICO, almacenes: [{ codigo: almacen, nombre: almacen }] }]);
  await load(database.etl, snapshot(own({ '1': '5', '2': '3', '3': '1', '4': '7' }), { almacen }));
  const segundo = snapshot(own({ '1': '4', '2': '3', '5': '9' }), {
    almacen,
    extraccion: at('10:30'),
    codigosRechazados: [`${almacen}/4`],
  });

  const proxy = await startPgProxy(database.etl);
  let position = Number.NaN;
  let cortes = 0;
  proxy.cutWhen((sql) => {
    // Only the attempt after a lost COMMIT asks this: it has no place among the statements of a load.
    if (sql.startsWith('SELECT FROM almacen_snapshots')) return false;
    position = sql === 'BEGIN' ? 1 : position + 1;
    const cut = position === corte.n && (corte.siempre || cortes === 0);
    if (cut) cortes += 1;
    return cut;
  }, corte.lado);
  let resultado: LoadCounts | string = 'nada';
  const visto = await watchAlmacen(database.etl, almacen, async () => {
    resultado = await load({ ...database.etl, port: proxy.port }, segundo).catch((error: unknown) =>
      error instanceof PipelineError ? error.codigo : String(error),
    );
  });
  const sentencias = proxy.statements();
  await proxy.close();
  return {
    resultado,
    visto: visto.map(({ inventario, historico }) => ({
      inventario: inventario?.replaceAll(`${almacen}/`, '') ?? null,
      historico: historico?.replaceAll(`${almacen}/`, '') ?? null,
    })),
    sentencias,
  };
}

/** The statements of a load's transaction. */
async function listStatements(siempre: boolean): Promise<string[]> {
  const { sentencias, ...resultado } = await loadWithCut({ lado: 'before', n: 0, siempre });
  expect(resultado).toEqual({ resultado: CONTEOS, visto: [VIEJO, NUEVO] });
  const statements = sentencias.slice(sentencias.indexOf('BEGIN'));
  expect(statements.at(-1)).toBe('COMMIT');
  return statements;
}

/** Every cut of a load by what it is called; all at once, because most of their time is the wait before an attempt. */
async function cutEverywhere(siempre: boolean): Promise<Record<string, Resultado>> {
  const statements = await listStatements(siempre);
  const cortes = statements.flatMap((sql, index) =>
    (['before', 'after'] as const).map((lado) => ({ lado, n: index + 1, siempre, sql: summarise(sql) })),
  );
  const entries = cortes.map(async ({ sql, ...corte }) => {
    const { resultado, visto } = await loadWithCut(corte);
    return [`${corte.lado} ${corte.n} ${sql}`, { resultado, visto }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const summarise = (sql: string): string => sql.trim().split(/\s+/).slice(0, 3).join(' ');

it('A load that is cut once, at whatever statement, is repeated: its reader sees the old rows, then the new', async () => {
  const resultados = Object.entries(await cutEverywhere(false));

  expect(resultados.length).toBeGreaterThan(10);
  expect(Object.fromEntries(resultados)).toEqual(
    Object.fromEntries(resultados.map(([name]) => [name, { resultado: CONTEOS, visto: [VIEJO, NUEVO] }])),
  );
});

it('A load that is cut in every attempt leaves the old rows, unless its COMMIT reached the server', async () => {
  const resultados = Object.entries(await cutEverywhere(true));

  const expected = ([name]: [string, Resultado]): [string, Resultado] => {
    if (name.startsWith('after') && name.endsWith('COMMIT'))
      return [name, { resultado: CONTEOS, visto: [VIEJO, NUEVO] }];
    const codigo = name.endsWith('COMMIT') ? 'COMMIT_INCIERTO' : 'BD_CONEXION_PERDIDA';
    return [name, { resultado: codigo, visto: [VIEJO] }];
  };
  expect(resultados.length).toBeGreaterThan(10);
  expect(Object.fromEntries(resultados)).toEqual(Object.fromEntries(resultados.map(expected)));
});
