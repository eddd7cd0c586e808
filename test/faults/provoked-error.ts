import type { TestDatabase } from '../support/database.ts';

/**
 * From now on the server itself fails with this SQLSTATE where a load accepts a snapshot of this warehouse, so many times: what no test can bring about
 * for real in a moment, such as a full disk. `forgetErrors` ends it.
 */
export async function provokeError(
  database: TestDatabase,
  almacen: string,
  sqlState: string,
  times = 1_000_000,
): Promise<void> {
  await database.query('CREATE SEQUENCE provocados');
  // The sequence counts across rolled back transactions; its owner's rights spare the pipeline's user a grant.
  await database.query(
    `CREATE FUNCTION provocar() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     BEGIN
       IF nextval('provocados') <= ${times} THEN RAISE EXCEPTION 'provocado' USING ERRCODE = '${sqlState}'; END IF;
       RETURN NEW;
     END $$`,
  );
  await database.query(
    `CREATE TRIGGER provocar BEFORE INSERT ON almacen_snapshots FOR EACH ROW WHEN (NEW.almacen_codigo = '${almacen}')
     EXECUTE FUNCTION provocar()`,
  );
}

/** The server takes so many milliseconds over the COMMIT of every load. */
export async function slowDownCommit(database: TestDatabase, ms: number): Promise<void> {
  await database.query(
    `CREATE FUNCTION provocar() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_sleep(${ms / 1000}); RETURN NULL; END $$`,
  );
  await database.query(
    `CREATE CONSTRAINT TRIGGER provocar AFTER INSERT ON almacen_snapshots DEFERRABLE INITIALLY DEFERRED
     FOR EACH ROW EXECUTE FUNCTION provocar()`,
  );
}

/** The database silently loses a row of AAA's on the way, or writes another quantity. */
export async function spoilRow(database: TestDatabase, how: 'lose' | 'change'): Promise<void> {
  const spoil = how === 'lose' ? 'RETURN NULL' : 'NEW.cantidad := NEW.cantidad + 1; RETURN NEW';
  await database.query(
    `CREATE FUNCTION provocar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${spoil}; END $$`,
  );
  await database.query(
    `CREATE TRIGGER provocar BEFORE INSERT OR UPDATE ON inventario_vigente
     FOR EACH ROW WHEN (NEW.almacen_codigo = 'AAA' AND NEW.producto_id = '000300') EXECUTE FUNCTION provocar()`,
  );
}

/** Undoes them all. */
export async function forgetErrors(database: TestDatabase): Promise<void> {
  await database.query('DROP FUNCTION IF EXISTS provocar() CASCADE');
  await database.query('DROP SEQUENCE IF EXISTS provocados');
}
