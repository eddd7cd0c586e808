import type { Guard } from './guard.ts';

const consultas = (file: string): string => `lambdas/consultas/${file}`;

/** The guards between a reader and what is not his. */
export const CONSULTAS_GUARDS: readonly Guard[] = [
  {
    name: 'a foreign store is refused',
    file: consultas('serve.ts'),
    original: 'if (tienda !== undefined && !maySee(acceso, tienda)) {',
    mutated: 'if (tienda !== undefined && !maySee(acceso, tienda) && tienda === acceso.rol) {',
    tests: 'integration/consultas-acceso',
  },
  {
    name: 'a manager gets his stores',
    file: consultas('serve.ts'),
    original: 'todas.filter(({ id }) => maySee(acceso, id))',
    mutated: 'todas.filter(({ id }) => id !== acceso.rol)',
    tests: 'integration/consultas-(acceso|sesion|tiendas)',
  },
  {
    name: 'an ETag belongs to an access',
    file: consultas('serve.ts'),
    original: 'sortedEntries(values), scopeOf(acceso)]',
    mutated: 'sortedEntries(values), acceso.rol]',
    tests: 'integration/consultas-acceso',
  },
  {
    name: 'a repeated parameter is refused',
    file: consultas('serve.ts'),
    original: 'if (query.getAll(name).length > 1 && name in parameters.shape) {',
    mutated: 'if (query.getAll(name).length > 99 && name in parameters.shape) {',
    tests: 'integration/consultas-api',
  },
  {
    name: 'control characters are refused',
    file: consultas('serve.ts'),
    original: 'if (CONTROL.test(value) && campo in parameters.shape) {',
    mutated: "if (CONTROL.test(value) && campo === '') {",
    tests: 'integration/consultas-(acceso|api)',
  },
  {
    name: 'the times of a token are looked at again',
    file: consultas('access.ts'),
    original: 'expires.data * 1_000 > now.getTime() &&',
    mutated: 'expires.data * 1_000 > 0 * now.getTime() &&',
    tests: 'unit/consultas/access',
  },
  {
    name: 'a cursor serves its question alone',
    file: consultas('cursor.ts'),
    original: 'if (text.slice(0, BINDING_LENGTH) !== bind(json, question)) return undefined;',
    mutated: 'if (text.slice(0, BINDING_LENGTH) === bind(json, `${question}.`)) return undefined;',
    tests: 'unit/consultas/cursor',
  },
  {
    name: 'no text of a CSV is a formula',
    file: consultas('csv.ts'),
    original: "return FORMULA.test(value) ? `'${value}` : value;",
    mutated: "return FORMULA.test('') ? `'${value}` : value;",
    tests: 'unit/consultas/csv',
  },
  {
    name: 'a reader sees the schema consultas and nothing else',
    file: 'lambdas/migraciones/create-user.ts',
    original: "'SELECT ON ALL TABLES IN SCHEMA consultas',",
    mutated: "'SELECT ON ALL TABLES IN SCHEMA consultas', 'SELECT ON ALL TABLES IN SCHEMA public',",
    tests: 'integration/consultas-usuario',
  },
  {
    name: 'what is kept of the data ends with them',
    file: consultas('database.ts'),
    original: 'if (last?.version !== read.version || last.hoy !== read.hoy) last = read;',
    mutated: 'last ??= read;',
    tests: 'integration/consultas-api',
  },
  {
    name: 'all 200 best sellers are read where the 40 best do not settle the answer',
    file: 'migrations/028_consultas_mas_rapidas.sql',
    original: 'EXIT WHEN decidido;',
    mutated: 'EXIT;',
    tests: 'integration/consultas-mejores',
  },
  {
    name: 'a day that was not read whole makes sums incomplete',
    file: consultas('queries/ventas-statements.ts'),
    original: 'fallido OR pedidos.enteros <',
    mutated: 'fallido OR pedidos.enteros < 0 *',
    tests: 'integration/consultas-ventas',
  },
  {
    name: 'days of sales are compared only with days that were read whole',
    file: consultas('queries/ventas-statements.ts'),
    original: 'AND anteriores.enteros =',
    mutated: 'AND anteriores.enteros IS NOT NULL OR 0 =',
    tests: 'integration/consultas-ventas',
  },
];
