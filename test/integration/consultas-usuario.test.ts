import { beforeAll, describe, expect, it } from '@jest/globals';
import { CONSULTAS, createUser } from '../../lambdas/migraciones/create-user.ts';
import { runOn } from '../support/database.ts';
import { useConsultas } from '../support/consultas.ts';

const { database, reader } = await useConsultas();

/** What has no rights of its own: system catalogues, which everybody reads. */
const OUTSIDE = `nspname <> 'consultas' AND nspname <> 'information_schema' AND nspname !~ '^pg_'`;

describe("The API's user", () => {
  it('It reads every view of the schema consultas', async () => {
    const views = await database.query(
      `SELECT format('%I.%I', nspname, relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = 'consultas' AND relkind IN ('v', 'm', 'r', 'p') ORDER BY 1`,
    );
    expect(views.length).toBeGreaterThan(5);
    for (const { name } of views) await runOn(reader, `SELECT * FROM ${String(name)} LIMIT 1`);
  });

  it('It may call every function of that schema, and nobody else may', async () => {
    const rows = await database.query(
      `SELECT proname, has_function_privilege($1, p.oid, 'EXECUTE') AS suya,
              EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS de_todos,
              prosecdef AND prosqlbody IS NULL AND NOT coalesce(array_to_string(proconfig, ' ') ~ 'search_path=pg_catalog, pg_temp', false) AS abierta
         FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'consultas'`,
      [reader.user],
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ suya: true, de_todos: false, abierta: false });
  });

  it('It may do nothing with any other table, view, column or sequence', async () => {
    expect(
      await database.query(
        `SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
          WHERE ${OUTSIDE} AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            AND CASE relkind WHEN 'S' THEN has_sequence_privilege($1, c.oid, 'USAGE, SELECT, UPDATE')
                             ELSE has_any_column_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
                                  OR has_table_privilege($1, c.oid, 'DELETE, TRUNCATE, TRIGGER') END`,
        [reader.user],
      ),
    ).toEqual([]);
  });

  it('It can neither write nor create anything', async () => {
    const [{ escribe } = {}] = await database.query(
      `SELECT bool_or(has_table_privilege($1, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) AS escribe
         FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'consultas' AND relkind IN ('v', 'r')`,
      [reader.user],
    );
    expect(escribe).toBe(false);
    for (const sql of [
      'CREATE TABLE public.nueva ()',
      'CREATE TABLE consultas.nueva ()',
      'CREATE SCHEMA nuevo',
      'SELECT id FROM public.ubicaciones',
      'SELECT * FROM public.inventario_actual',
      'UPDATE consultas.tiendas SET nombre = nombre',
      'DELETE FROM consultas.tramos',
      `SELECT public.sumar_ventas('-infinity', 'infinity')`,
      `SELECT pg_read_file('/etc/passwd')`,
      `COPY (SELECT 1) TO PROGRAM 'true'`,
    ]) {
      await expect(runOn(reader, `SET transaction_read_only = off; ${sql}`)).rejects.toMatchObject({
        code: '42501',
      });
    }
  });

  it.each(['CREATE TEMP TABLE nueva ()', 'SELECT lo_create(0)', "SELECT lo_from_bytea(0, 'x')"])(
    'Its sessions only read, so it leaves behind nothing that everybody may make: %s',
    async (sql) => {
      await expect(runOn(reader, sql)).rejects.toMatchObject({ code: '25006' });
    },
  );

  it('Creating it again grants what a later migration added, and revokes every other right', async () => {
    const { user, password } = reader;
    await database.query(
      `CREATE VIEW consultas.posterior AS SELECT 1 AS uno; GRANT SELECT ON productos TO ${user}; GRANT INSERT ON ubicaciones TO ${user}`,
    );
    await expect(runOn(reader, 'SELECT uno FROM consultas.posterior')).rejects.toMatchObject({
      code: '42501',
    });
    await createUser(database.admin, CONSULTAS, { user, password });

    expect(await runOn(reader, 'SELECT uno FROM consultas.posterior')).toEqual([{ uno: 1 }]);
    await expect(runOn(reader, 'SELECT id FROM productos')).rejects.toMatchObject({ code: '42501' });
    await database.query('DROP VIEW consultas.posterior');
  });

  it('It is refused when it is the user that migrates', async () => {
    const { user } = database.admin;
    await expect(
      createUser(database.admin, CONSULTAS, { user, password: 'clave-larga' }),
    ).rejects.toMatchObject({
      codigo: 'USUARIO_CONSULTAS_INVALIDO',
    });
  });
});

describe('The summary of the inventory', () => {
  beforeAll(async () => {
    await database.query(
      `INSERT INTO ubicaciones (id, nombre) VALUES ('tienda_01', 'FERIAS');
       INSERT INTO almacenes (codigo, nombre, ubicacion_id) VALUES ('A1', 'A1', 'tienda_01'), ('A2', 'A2', 'tienda_01');
       INSERT INTO productos (id, codigo, nombre) SELECT lpad(n::text, 6, '0'), lpad(n::text, 6, '0'), 'X' FROM generate_series(1, 50) AS n`,
    );
  });

  it('It agrees with the inventory after any writes', async () => {
    const statements = [
      `INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde)
       SELECT 'tienda_01', a, lpad(n::text, 6, '0'), n - 10, now() FROM generate_series(1, 50) AS n, unnest(ARRAY['A1', 'A2']) AS a`,
      'UPDATE inventario_vigente SET cantidad = 0 WHERE cantidad < 3',
      'UPDATE inventario_vigente SET cantidad = -cantidad',
      `UPDATE inventario_vigente SET precio_venta = 1`,
      `DELETE FROM inventario_vigente WHERE almacen_codigo = 'A1' AND cantidad = 0`,
      `INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde)
       SELECT 'tienda_01', 'A1', lpad(n::text, 6, '0'), 0, now() FROM generate_series(1, 50) AS n
       ON CONFLICT (almacen_codigo, producto_id) DO UPDATE SET cantidad = excluded.cantidad`,
      `UPDATE inventario_vigente SET almacen_codigo = 'A2' WHERE almacen_codigo = 'A1' AND producto_id NOT IN (SELECT producto_id FROM inventario_vigente WHERE almacen_codigo = 'A2')`,
      'DELETE FROM inventario_vigente WHERE false',
      'TRUNCATE inventario_vigente',
    ];
    for (const statement of statements) {
      await database.query(statement);
      expect(
        await database.query(
          `SELECT * FROM inventario_resumen WHERE articulos <> 0 OR agotados <> 0 OR negativos <> 0
           EXCEPT
           SELECT almacen_codigo, count(*)::integer, (count(*) FILTER (WHERE cantidad = 0))::integer, (count(*) FILTER (WHERE cantidad < 0))::integer
             FROM inventario_vigente GROUP BY almacen_codigo`,
        ),
      ).toEqual([]);
      expect(
        await database.query(
          `SELECT almacen_codigo FROM inventario_vigente GROUP BY almacen_codigo
           EXCEPT SELECT almacen_codigo FROM inventario_resumen`,
        ),
      ).toEqual([]);
      expect(
        await database.query(
          `SELECT almacen_codigo, producto_id, negativo_desde IS NOT NULL AS negativo FROM inventario_agotado ORDER BY 1, 2`,
        ),
      ).toEqual(
        await database.query(
          `SELECT almacen_codigo, producto_id, cantidad < 0 AS negativo FROM inventario_vigente WHERE cantidad <= 0 ORDER BY 1, 2`,
        ),
      );
    }
  });

  it('A leftover row of an article out of stock does not stop a load', async () => {
    await database.query(
      `INSERT INTO inventario_agotado (almacen_codigo, producto_id, desde, conocido) VALUES ('A1', '000001', now() - interval '1 day', true)`,
    );
    await database.query(
      `INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde) VALUES ('tienda_01', 'A1', '000001', -1, now())`,
    );
    expect(
      await database.query(
        `SELECT g.desde = i.vigente_desde AND g.negativo_desde = i.vigente_desde AND NOT g.conocido AS anew
           FROM inventario_agotado g JOIN inventario_vigente i USING (almacen_codigo, producto_id)`,
      ),
    ).toEqual([{ anew: true }]);
  });
});
