/** One guard of the product, and how it is taken away. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly original: string;
  readonly mutated: string;
  /** Which test files are asked, as jest's pattern. */
  readonly tests: string;
}

const lambda = (path: string): string => `lambdas/inventario-klk/${path}`;

/** Every guard that the promise rests on (docs/fiabilidad.md). */
export const GUARDS: readonly Guard[] = [
  {
    name: 'completeness',
    file: lambda('extract/answer.ts'),
    original: 'meta.total_articulos !== articulos.length',
    mutated: 'meta.total_articulos < 0',
    tests: 'faults/source-answer',
  },
  {
    name: 'identity',
    file: lambda('extract/answer.ts'),
    original: 'if (other !== undefined) {',
    mutated: 'if (other === null) {',
    tests: 'faults/source-answer',
  },
  {
    name: 'empty',
    file: lambda('extract/answer.ts'),
    original: 'if (answer.articulos.length === 0) {',
    mutated: 'if (answer.articulos.length < 0) {',
    tests: 'faults/source-answer',
  },
  {
    name: 'strict UTF-8',
    file: lambda('extract/decode-json.ts'),
    original: '{ fatal: true }',
    mutated: '{ fatal: false }',
    tests: 'faults/source-answer',
  },
  {
    name: 'byte cap',
    file: lambda('extract/klk-client.ts'),
    original: 'maxResponseSize: limits.maxBytes',
    mutated: 'maxResponseSize: -1',
    tests: 'unit/extract/klk-client',
  },
  {
    name: 'Retry-After within the budget',
    file: lambda('extract/fetch-inventario.ts'),
    original: '|| !waitFits(error, deadline)) throw error;',
    mutated: ') throw error;',
    tests: 'unit/extract/fetch-inventario',
  },
  {
    name: 'breaker',
    file: lambda('extract/breaker.ts'),
    original: 'if (failed.size < FAILED_ALMACENES_TO_OPEN) return;',
    mutated: 'if (failed.size >= 0) return;',
    tests: 'faults/source-breaker',
  },
  {
    name: 'all zeros',
    file: lambda('transform/guards.ts'),
    original: 'if (allZero && (articulos === null || conExistencia > 0)) {',
    mutated: 'if (allZero && articulos === -1) {',
    tests: 'faults/source-suspicion',
  },
  {
    name: 'zeroed share',
    file: lambda('transform/guards.ts'),
    original: 'if (exceeds(puestosACero, conExistencia, thresholds.zeroed)) {',
    mutated: 'if (exceeds(puestosACero, conExistencia, 2)) {',
    tests: 'faults/source-suspicion',
  },
  {
    name: 'shrinkage',
    file: lambda('transform/guards.ts'),
    original: 'exceeds(articulos - snapshot.articulos, articulos, thresholds.shrunk)',
    mutated: 'exceeds(articulos - snapshot.articulos, articulos, 2)',
    tests: 'faults/source-suspicion',
  },
  {
    name: 'share of bad rows',
    file: lambda('process-almacen.ts'),
    original: 'if (!forzar || transformado.inventario.length === 0) throw problem;',
    mutated: 'if (!forzar && transformado.inventario.length === 0) throw problem;',
    tests: 'faults/source-(suspicion|rows)',
  },
  {
    name: 'nobody is retired while a code is unreadable',
    file: lambda('process-almacen.ts'),
    original: 'retirarAusentes: sinCodigo === 0',
    mutated: 'retirarAusentes: true',
    tests: 'faults/source-rows',
  },
  {
    name: 'a refused article keeps its row',
    file: lambda('process-almacen.ts'),
    original: 'codigosRechazados: [...rechazados]',
    mutated: 'codigosRechazados: []',
    tests: 'faults/source-rows',
  },
  {
    name: 'fence',
    file: lambda('load/load-almacen.ts'),
    original: 'mark.ultimaExtraccion >= extraccion',
    mutated: 'mark.ultimaExtraccion > new Date(8.64e15)',
    tests: '(integration/load-fence|faults/database-fence)',
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
    original: 'if (!migrated) {',
    mutated: 'if (rows.length > 1 && !migrated) {',
    tests: '(integration/prepare-database|faults/database-reach)',
  },
];
