import { expect } from '@jest/globals';
import type { TestDatabase } from '../support/database.ts';

/** The statement with which a load accepts what KLK answered. */
interface Acceptance {
  /** When a row of which table is written. */
  readonly when: string;
  /** Whether the row is of the warehouse or store that is meant. */
  readonly of: string;
}

/** A load of the inventory accepts a snapshot of warehouse AAA. */
export const SNAPSHOT_OF_AAA: Acceptance = {
  when: 'INSERT ON almacen_snapshots',
  of: `NEW.almacen_codigo = 'AAA'`,
};

/** A load of the sales accepts a reading of a slice of the first store. */
export const READING_OF_ALTAMIRA: Acceptance = {
  when: 'UPDATE OF leido ON ventas_tramos',
  of: `NEW.ubicacion_id = 'tienda_a'`,
};

/** With which code a load fails, when, and what the server says. */
export const ERRORS_OF_THE_SERVER = [
  ['BD_BLOQUEO', 'every lock times out', '55P03'],
  ['BD_BLOQUEO', 'no transaction can be serialized', '40001'],
  ['BD_SIN_ESPACIO', 'the disk is full', '53100'],
  ['BD_SOLO_LECTURA', 'the server turned read-only meanwhile', '25006'],
  ['BD_ERROR', 'a constraint is violated', '23514'],
  ['BD_ERROR', 'the server fails in a way nobody foresaw', 'XX000'],
] as const;

/**
 * From now on the server itself fails with this SQLSTATE where a load accepts an answer, so many times: what no test can bring about for real in a
 * moment, such as a full disk. `forgetErrors` ends it.
 */
export async function provokeError(
  database: TestDatabase,
  { when, of }: Acceptance,
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
    `CREATE TRIGGER provocar BEFORE ${when} FOR EACH ROW WHEN (${of}) EXECUTE FUNCTION provocar()`,
  );
}

/** The server takes so many milliseconds over the COMMIT of every load. */
export async function slowDownCommit(
  database: TestDatabase,
  { when }: Pick<Acceptance, 'when'>,
  ms: number,
): Promise<void> {
  await database.query(
    `CREATE FUNCTION provocar() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_sleep(${ms / 1000}); RETURN NULL; END $$`,
  );
  await database.query(
    `CREATE CONSTRAINT TRIGGER provocar AFTER ${when} DEFERRABLE INITIALLY DEFERRED
     FOR EACH ROW EXECUTE FUNCTION provocar()`,
  );
}

/** Matches the first COMMIT of a load: of a transaction in which the row of its warehouse or slice was locked. */
export function loadCommit(): (sql: string) => boolean {
  let state: 'waiting' | 'loading' | 'over' = 'waiting';
  return (sql) => {
    if (state === 'waiting' && sql.includes('FOR UPDATE')) state = 'loading';
    if (state !== 'loading' || sql !== 'COMMIT') return false;
    state = 'over';
    return true;
  };
}

/** Matches that COMMIT, and from then on whatever a load asks to find out whether it happened. */
export function loadCommitAndReadBack(): (sql: string) => boolean {
  const isLoadCommit = loadCommit();
  let lost = false;
  return (sql) => (lost ||= isLoadCommit(sql)) && (sql === 'COMMIT' || sql.includes('FOR UPDATE'));
}

/**
 * Another session takes the lock of `first`; once the load waits for it, that session asks for the lock of `second`, which the load holds. The server
 * ends the load's transaction, and the session gives both locks back. Returns what the run returned.
 */
export async function provokeDeadlock<T>(
  database: TestDatabase,
  { first, second }: { readonly first: string; readonly second: string },
  run: () => Promise<T>,
): Promise<T> {
  const other = await database.openSession();
  // A session looks for deadlocks once, this long after it began to wait: the load, which waits first, finds this one.
  await database.query(`ALTER DATABASE ${database.etl.database} SET deadlock_timeout = '300ms'`);
  await other.query(`SET deadlock_timeout = '10s'`);
  await other.query('BEGIN');
  await other.query(first);
  const running = run();
  await database.untilSomebodyWaits();
  await other.query(second);
  await other.query('ROLLBACK');
  await other.end();
  const result = await running;
  const [row] = await database.query(
    'SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(row).toEqual({ deadlocks: 1 });
  return result;
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
