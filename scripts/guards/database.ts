import { lambda } from './guard.ts';
import type { Guard } from './guard.ts';

/** What stands between a snapshot and the tables. */
export const DATABASE_GUARDS: readonly Guard[] = [
  {
    name: 'fence',
    file: lambda('load/load-almacen.ts'),
    original: 'mark.ultimaExtraccion >= extraccion',
    mutated: 'mark.ultimaExtraccion > new Date(8.64e15)',
    tests: '(integration/load-fence|faults/database-fence)',
  },
  {
    name: 'row lock',
    file: lambda('load/lock-almacen.ts'),
    original: 'WHERE codigo = $1::text FOR UPDATE',
    mutated: 'WHERE codigo = $1::text /* FOR UPDATE */',
    tests: '(integration/load-fence|faults/database-cut)',
  },
  {
    name: 'store of the warehouse',
    file: lambda('load/load-almacen.ts'),
    original: 'if (mark.ubicacionId !== ubicacionId) {',
    mutated: 'if (mark.ubicacionId === null) {',
    tests: 'integration/load-fence',
  },
  {
    name: 'product rows in code order',
    file: lambda('load/upsert-productos.ts'),
    original: 'ORDER BY e.codigo COLLATE "C"',
    mutated: '',
    tests: 'integration/load-concurrency',
  },
  {
    name: 'count and sum',
    file: lambda('load/confirm-inventario.ts'),
    original: 'if (filas === validas + conservados && suma === sumaEsperada) return;',
    mutated: 'if (filas >= 0) return;',
    tests: 'integration/load-',
  },
  {
    name: 'COMMIT read back',
    file: lambda('load/load-almacen.ts'),
    original: 'if (unconfirmed !== undefined && isMarkOf(mark, snapshot)) return unconfirmed;',
    mutated: 'if (unconfirmed !== undefined && isMarkOf(mark, snapshot)) unconfirmed = undefined;',
    tests: '(integration/load-commit|faults/database-cut)',
  },
  {
    name: 'run lock',
    file: lambda('runs/run-lock.ts'),
    original: 'SELECT pg_advisory_lock($1::bigint)',
    mutated: 'SELECT $1::bigint',
    tests: 'faults/platform-runs',
  },
  {
    name: 'a lost turn ends the run',
    file: lambda('pipeline.ts'),
    original: 'deadline: orAborted(deadline, lost)',
    mutated: 'deadline: lost.aborted ? orAborted(deadline, lost) : deadline',
    tests: 'faults/database-fence',
  },
  {
    name: 'no start without time left',
    file: lambda('process-tiendas.ts'),
    original: 'if (remainingMs() >= MIN_START_MS) return;',
    mutated: 'if (remainingMs() >= 0) return;',
    tests: 'faults/platform-deadline',
  },
  {
    name: 'cap of the quarantine',
    file: lambda('database-sink.ts'),
    original: 'rechazos.slice(0, rechazosLeft)',
    mutated: 'rechazos.slice(0)',
    tests: 'faults/database-record',
  },
  {
    name: 'certificate of the server',
    file: 'lambdas/shared/database-settings.ts',
    original: 'rejectUnauthorized: true',
    mutated: 'rejectUnauthorized: false',
    tests: 'faults/database-reach',
  },
  {
    name: 'a refused password is read again',
    file: lambda('load/credentials.ts'),
    original: 'if (alreadyRenewed || !isRefusal(error)) throw error;',
    mutated: 'if (!alreadyRenewed || !isRefusal(error)) throw error;',
    tests: '(integration/connect|faults/platform-secrets)',
  },
  {
    name: 'read-only server',
    file: lambda('load/preflight.ts'),
    original: 'if (rows[0]?.soloLectura !== false) {',
    mutated: 'if (rows[0] === undefined) {',
    tests: '(integration/prepare-database|faults/database-reach)',
  },
  {
    name: 'missing migration',
    file: lambda('load/preflight.ts'),
    original: 'if (rows.length === 0) {',
    mutated: 'if (rows.length < 0) {',
    tests: '(integration/prepare-database|faults/database-reach)',
  },
];
