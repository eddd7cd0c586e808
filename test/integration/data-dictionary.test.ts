import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runOn, useDatabase } from '../support/database.ts';
import { codeBlocks, readDocument } from '../support/guide.ts';
import { insertTiendas, load } from '../support/inventory.ts';
import { insertRun } from '../support/past-runs.ts';
import { BOSQUE, PERIFERICO, ejecucion, snapshot } from '../support/snapshots.ts';

const DICTIONARY = readDocument('docs/datos.md');

/** The sections of the document that are about one object, by its name; a function's name has its arguments. */
const SECTIONS: ReadonlyMap<string, string> = new Map(
  DICTIONARY.split(/^### /m)
    .slice(1)
    .map((section) => [/^`([^`]+)`/.exec(section)?.[1] ?? section, section.split(/^## /m)[0] ?? '']),
);

/** What the document's user for dashboards is called here: a role is of the whole server. */
const TABLEROS = `tableros_${randomBytes(4).toString('hex')}`;

/** What makes that user, and the examples. */
const [MAKE_TABLEROS = '', ...EXAMPLES] = codeBlocks(DICTIONARY, 'sql');

/** Each column that a section describes, with its type. */
const columnsOf = (section: string): string[] =>
  [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(
    ([, name = '', type = '']) => `${name} ${type.trim()}`,
  );

/** Whatever people read; monthly partitions come and go, and the history of migrations belongs to its tool. */
const OBJECTS = `
  SELECT c.relname::text AS name,
         ARRAY(SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
     AND NOT c.relispartition AND c.relname <> 'migraciones'
   UNION ALL
  SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
         ARRAY(SELECT n || ' ' || format_type(t, NULL)
                 FROM unnest(p.proargnames, p.proallargtypes, p.proargmodes) AS arguments (n, t, mode) WHERE mode = 't')
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
   ORDER BY 1`;

const database = await useDatabase();

describe('The data dictionary', () => {
  const objects = new Map<string, string[]>();

  beforeAll(async () => {
    for (const { name, columns } of await database.query(OBJECTS)) {
      objects.set(String(name), Array.isArray(columns) ? columns.map(String) : []);
    }
    await runOn(database.admin, MAKE_TABLEROS.replaceAll(/\btableros\b/g, TABLEROS));
    await insertTiendas(database.etl, [PERIFERICO, BOSQUE]);
    await load(database.etl, snapshot({ '000001': '5', '000002': '-1' }));
    await insertRun(database, {
      id: ejecucion(1),
      inicio: new Date(),
      estado: 'parcial',
      almacenes: [
        { almacen: 'APP-TPF', tienda: PERIFERICO.id, rechazados: 1 },
        { almacen: 'APP-TBQ', tienda: BOSQUE.id, codigo: 'KLK_VACIA' },
      ],
    });
  });
  afterAll(() => database.query(`DROP OWNED BY ${TABLEROS}; DROP ROLE ${TABLEROS}`));

  it('It has a section for every table, view and function, and for nothing else', () => {
    expect([...SECTIONS.keys()].toSorted()).toEqual([...objects.keys()].toSorted());
  });

  it('It describes every column, in its place and with its type', () => {
    const described = [...SECTIONS].map(([name, section]) => [name, columnsOf(section)] as const);
    expect(Object.fromEntries(described)).toEqual(Object.fromEntries(objects));
  });

  it('It has an example of every object', () => {
    const silent = [...SECTIONS].filter(
      ([name, section]) =>
        !codeBlocks(section, 'sql')
          .join()
          .includes(name.split('(')[0] ?? name),
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('Its SQL runs', async () => {
    for (const example of EXAMPLES) await runOn(database.admin, example);
  });

  it('Its questions can be asked by its user for dashboards', async () => {
    const [, maintenance = ''] = DICTIONARY.split(/^## Mantenimiento$/m);
    const maintaining = codeBlocks(maintenance, 'sql');
    const questions = EXAMPLES.filter((example) => !maintaining.includes(example));
    expect(questions.length).toBeGreaterThan(20);
    for (const question of questions) await runOn(database.admin, `SET ROLE ${TABLEROS}; ${question}`);
  });

  it.each([
    'SELECT password_hash FROM usuarios',
    'DELETE FROM inventario_vigente',
    `UPDATE productos SET nombre = 'OTRO'`,
    'SELECT retirar_historico(120)',
    'CREATE TABLE nueva ()',
  ])('Its user for dashboards may not: %s', async (sql) => {
    await expect(runOn(database.admin, `SET ROLE ${TABLEROS}; ${sql}`)).rejects.toMatchObject({
      code: '42501',
    });
  });
});
