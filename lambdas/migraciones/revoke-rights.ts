import type { Client } from 'pg';
import { PipelineError } from '../core/errors/errors.ts';

/** A right that the role was given by name, and the statement that takes it away. */
interface Granted {
  readonly objeto: string;
  readonly revoke: string;
}

/**
 * Takes every right away that the role was given by name, on whatever kind of object of this database; only CONNECT is left.
 * @throws PipelineError `USUARIO_ETL_INVALIDO`, with the statement, when somebody else must take one away
 */
export async function revokeRights(client: Client, user: string): Promise<void> {
  for (const granted of await findGranted(client, user)) {
    try {
      await client.query(granted.revoke);
    } catch (error) {
      throw toRefusal(user, [granted], error);
    }
  }
  // What a third one gave with a grant option stays: REVOKE takes away only what its own grantor gave.
  const left = await findGranted(client, user);
  if (left.length > 0) throw toRefusal(user, left);
}

function toRefusal(user: string, left: readonly Granted[], cause?: unknown): PipelineError {
  return new PipelineError(
    'USUARIO_ETL_INVALIDO',
    `El usuario ${user} tiene permisos que el usuario que migra no puede quitarle, sobre ${left.map(({ objeto }) => objeto).join(', ')}; que ejecute quien se los dio: ${left.map(({ revoke }) => revoke).join('; ')}`,
    { cause },
  );
}

async function findGranted(client: Client, user: string): Promise<Granted[]> {
  const { rows } = await client.query<Granted>(
    `WITH dados AS (
       SELECT d.*, r.rolname, pg_describe_object(d.classid, d.objid, d.objsubid) AS objeto,
              (pg_identify_object(d.classid, d.objid, 0)).identity AS nombre
         FROM pg_roles r
         JOIN pg_shdepend d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'a'
         JOIN pg_database aqui ON aqui.datname = current_database()
        WHERE r.rolname = $1::text
          AND (d.dbid = aqui.oid
               OR (d.dbid = 0 AND d.classid <> 'pg_database'::regclass)
               OR (d.classid = 'pg_database'::regclass AND d.objid = aqui.oid
                   AND EXISTS (SELECT FROM aclexplode(aqui.datacl) WHERE grantee = r.oid AND privilege_type <> 'CONNECT')))
     )
     SELECT d.objeto, format('REVOKE %s ON %s %s FROM %I CASCADE',
              CASE WHEN d.classid = 'pg_database'::regclass THEN 'CREATE, TEMPORARY' ELSE 'ALL' END,
              CASE d.classid
                WHEN 'pg_class'::regclass THEN CASE WHEN c.relkind = 'S' THEN 'SEQUENCE' ELSE 'TABLE' END
                WHEN 'pg_proc'::regclass THEN 'ROUTINE' WHEN 'pg_namespace'::regclass THEN 'SCHEMA'
                WHEN 'pg_database'::regclass THEN 'DATABASE' WHEN 'pg_language'::regclass THEN 'LANGUAGE'
                WHEN 'pg_type'::regclass THEN 'TYPE' WHEN 'pg_largeobject'::regclass THEN 'LARGE OBJECT'
                WHEN 'pg_foreign_data_wrapper'::regclass THEN 'FOREIGN DATA WRAPPER'
                WHEN 'pg_foreign_server'::regclass THEN 'FOREIGN SERVER' WHEN 'pg_tablespace'::regclass THEN 'TABLESPACE'
                ELSE 'PARAMETER' END,
              d.nombre, d.rolname) AS revoke
       FROM dados d LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
      WHERE d.classid <> 'pg_default_acl'::regclass
     UNION
     SELECT d.objeto, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE ALL ON %s FROM %I CASCADE',
              pg_get_userbyid(a.defaclrole),
              CASE WHEN a.defaclnamespace = 0 THEN '' ELSE format(' IN SCHEMA %s', a.defaclnamespace::regnamespace) END,
              CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END,
              d.rolname)
       FROM dados d JOIN pg_default_acl a ON a.oid = d.objid
      WHERE d.classid = 'pg_default_acl'::regclass
      ORDER BY 2`,
    [user],
  );
  return rows;
}
