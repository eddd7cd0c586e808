import { expect, it } from '@jest/globals';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { useDatabase } from '../support/database.ts';
import type { Row } from '../support/database.ts';
import { insertTiendas, load } from '../support/inventory.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import { PERIFERICO, at, snapshot } from '../support/snapshots.ts';
import { watchAnswers } from '../support/watch-answers.ts';

const database = await useDatabase();

/** Article 1 changes, 2 stays, 3 leaves, 4 is refused and 5 is new. */
const OLD = { inventario: '1=5 2=3 3=1 4=7', historico: null };
const NEW = { inventario: '1=4 2=3 4=7 5=9', historico: '1=5 2=3 3=1' };

/** A warehouse's rows and history as one statement sees them, without the warehouse in their codes. */
const LOOK = `
  SELECT (SELECT string_agg(format('%s=%s', split_part(producto_id, '/', 2), cantidad), ' ' ORDER BY producto_id)
            FROM inventario_actual WHERE almacen_codigo = $1) AS inventario,
         (SELECT string_agg(format('%s=%s', split_part(producto_id, '/', 2), cantidad), ' ' ORDER BY producto_id, fecha_snapshot)
            FROM inventario_historico WHERE almacen_codigo = $1) AS historico`;

/** What became of a load that was cut. */
interface Outcome {
  readonly outcome: string;
  /** What a reader saw, one look after the other. */
  readonly seen: readonly Row[];
}

/** Loads twice into a warehouse of its own, the second time through a proxy that cuts every attempt at its n-th statement, from 1. */
async function loadWithCut(
  n: number,
  side: 'before' | 'after',
): Promise<Outcome & { readonly statements: readonly string[] }> {
  const almacen = `${side}-${n}`;
  const own = (cantidades: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(cantidades).map(([codigo, cantidad]) => [`${almacen}/${codigo}`, cantidad]),
    );
  await insertTiendas(database.etl, [{ ...PERIFERICO, almacenes: [{ codigo: almacen, nombre: almacen }] }]);
  await load(database.etl, snapshot(own({ '1': '5', '2': '3', '3': '1', '4': '7' }), { almacen }));
  const second = snapshot(own({ '1': '4', '2': '3', '5': '9' }), {
    almacen,
    extraccion: at('10:30'),
    codigosRechazados: [`${almacen}/4`],
  });

  const proxy = await startPgProxy(database.etl);
  let position = Number.NaN;
  proxy.cut((sql) => {
    // Only the attempt after a lost COMMIT asks this: it has no place among the statements of a load.
    if (sql.startsWith('SELECT FROM almacen_snapshots')) return false;
    position = sql === 'BEGIN' ? 1 : position + 1;
    return position === n;
  }, side);
  const { result, answers } = await watchAnswers(database, LOOK, [almacen], () =>
    load({ ...database.etl, port: proxy.port }, second).then(
      ({ inventario, historico }) => `${inventario} rows, ${historico} closed`,
      (error: unknown) => (error instanceof PipelineError ? error.codigo : String(error)),
    ),
  );
  const statements = proxy.statements();
  await proxy.close();
  return { outcome: result, seen: answers.flat(), statements: statements.slice(statements.indexOf('BEGIN')) };
}

const LOADED: Outcome = { outcome: '4 rows, 2 closed', seen: [OLD, NEW] };

it('A load that is cut in every attempt leaves the old rows, unless its COMMIT reached the server', async () => {
  const { statements, ...uncut } = await loadWithCut(0, 'before');
  expect(uncut).toEqual(LOADED);
  expect(statements.length).toBeGreaterThan(5);
  expect(statements.at(-1)).toBe('COMMIT');

  const cuts = statements.flatMap((sql, index) =>
    (['before', 'after'] as const).map((side) => ({ side, n: index + 1, sql })),
  );
  // All at once, because most of their time is the wait before an attempt.
  const found = await Promise.all(
    cuts.map(async ({ side, n, sql }) => {
      const { outcome, seen } = await loadWithCut(n, side);
      return { side, sql, outcome, seen };
    }),
  );
  expect(found).toEqual(
    cuts.map(({ side, sql }) => {
      if (sql === 'COMMIT' && side === 'after') return { side, sql, ...LOADED };
      const outcome = sql === 'COMMIT' ? 'COMMIT_INCIERTO' : 'BD_CONEXION_PERDIDA';
      return { side, sql, outcome, seen: [OLD] };
    }),
  );
});
