import type { Client } from 'pg';
import { PipelineError } from '../core/errors/errors.ts';
import type { CodigoError } from '../core/errors/codes.ts';

/**
 * Objects that any role may create and own: large objects, default privileges for its own objects, and temporary objects, which end with
 * their session.
 */
const OWNED_WITHOUT_RIGHTS = `(d.classid IN ('pg_largeobject'::regclass, 'pg_default_acl'::regclass)
  OR (d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (pg_identify_object(d.classid, d.objid, 0)).schema LIKE 'pg\\_temp%'))`;

/**
 * Refuses a role with more power than a program's user needs, and names the statements that remove it. Grants are revoked by
 * `revokeRights`; what a role is, owns or inherits is for a person to decide.
 * @throws PipelineError `codigo`
 */
export async function refusePowerfulRole(client: Client, codigo: CodigoError, user: string): Promise<void> {
  const { rows } = await client.query<{ problema: string }>(
    `WITH etl AS (SELECT * FROM pg_roles WHERE rolname = $1::text)
     SELECT format('%s (ALTER ROLE %I NO%s)', que, rolname, atributo) AS problema
       FROM etl CROSS JOIN LATERAL (VALUES
         (rolsuper, 'es superusuario', 'SUPERUSER'), (rolcreaterole, 'crea usuarios', 'CREATEROLE'),
         (rolcreatedb, 'crea bases', 'CREATEDB'), (rolreplication, 'replica', 'REPLICATION'),
         (rolbypassrls, 'pasa por alto la seguridad por filas', 'BYPASSRLS')) AS a (tiene, que, atributo)
      WHERE tiene
     UNION ALL
     SELECT format('hereda de %1$I (REVOKE %1$I FROM %2$I)', pg_get_userbyid(m.roleid), etl.rolname)
       FROM etl JOIN pg_auth_members m ON m.member = etl.oid
     UNION ALL
     SELECT format('es dueño de %s (en la base %I, REASSIGN OWNED BY %I TO %I)',
                   CASE WHEN d.dbid IN (0, aqui.oid) THEN pg_describe_object(d.classid, d.objid, d.objsubid) ELSE 'algo' END,
                   coalesce((SELECT datname FROM pg_database WHERE oid = d.dbid), aqui.datname), etl.rolname, current_user)
       FROM etl JOIN pg_shdepend d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = etl.oid AND d.deptype = 'o'
       JOIN pg_database aqui ON aqui.datname = current_database()
      WHERE NOT ${OWNED_WITHOUT_RIGHTS}
      ORDER BY 1`,
    [user],
  );
  if (rows.length > 0) {
    throw new PipelineError(
      codigo,
      `El usuario ${user} ya existe y ${rows.map(({ problema }) => problema).join('; ')}`,
    );
  }
}

/** A right granted to the role by name, and the statement that revokes it. */
interface Granted {
  readonly objeto: string;
  readonly revoke: string;
}

/**
 * Revokes every right that the role was granted by name, on any kind of object of this database, except CONNECT.
 * @throws PipelineError `codigo`, with the statement, when another role must revoke one
 */
export async function revokeRights(client: Client, codigo: CodigoError, user: string): Promise<void> {
  for (const granted of await findGranted(client, user)) {
    try {
      await client.query(granted.revoke);
    } catch (error) {
      throw toRefusal(codigo, user, [granted], error);
    }
  }
  // REVOKE only revokes what its own grantor granted, so a grant by a third role is still there.
  const left = await findGranted(client, user);
  if (left.length > 0) throw toRefusal(codigo, user, left);
}

function toRefusal(
  codigo: CodigoError,
  user: string,
  left: readonly Granted[],
  cause?: unknown,
): PipelineError {
  return new PipelineError(
    codigo,
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

/** The rights of a role besides its grants here: those of PUBLIC, those on its own objects, and those in other databases. */
export async function findOtherRights(client: Client, user: string): Promise<string[]> {
  const { rows } = await client.query<{ salvedad: string }>(
    `WITH publicos AS (
       SELECT privilege_type AS derecho, format('la base %I', datname) AS objeto
         FROM pg_database CROSS JOIN LATERAL aclexplode(coalesce(datacl, acldefault('d', datdba)))
        WHERE datname = current_database() AND grantee = 0 AND privilege_type <> 'CONNECT'
       UNION ALL
       SELECT privilege_type, format('el esquema %I', nspname)
         FROM pg_namespace CROSS JOIN LATERAL aclexplode(nspacl)
        WHERE grantee = 0 AND privilege_type = 'CREATE'
       UNION ALL
       SELECT privilege_type, c.oid::regclass::text
         FROM pg_class c CROSS JOIN LATERAL aclexplode(relacl) JOIN pg_namespace n ON n.oid = relnamespace
        WHERE grantee = 0 AND nspname <> 'information_schema' AND nspname !~ '^pg_'
       UNION ALL
       SELECT privilege_type, format('%s.%I', attrelid::regclass, attname)
         FROM pg_attribute CROSS JOIN LATERAL aclexplode(attacl) JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
        WHERE grantee = 0 AND nspname <> 'information_schema' AND nspname !~ '^pg_'
       UNION ALL
       SELECT privilege_type, p.oid::regprocedure::text
         FROM pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(proacl, acldefault('f', proowner))) JOIN pg_namespace n ON n.oid = pronamespace
        WHERE grantee = 0 AND prosecdef AND nspname <> 'information_schema' AND nspname !~ '^pg_'
     ), del_rol AS (
       SELECT d.*, aqui.oid AS aqui FROM pg_roles r
         JOIN pg_shdepend d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid
         JOIN pg_database aqui ON aqui.datname = current_database()
        WHERE r.rolname = $1::text
     )
     SELECT 'lo que aquí puede cualquiera (PUBLIC): ' || string_agg(derecho || ' en ' || objeto, ', ' ORDER BY objeto, derecho) AS salvedad
       FROM publicos HAVING count(*) > 0
     UNION ALL
     SELECT 'lo que él mismo creó: ' || string_agg(pg_describe_object(d.classid, d.objid, 0), ', ' ORDER BY d.objid)
       FROM del_rol d WHERE d.deptype = 'o' AND d.dbid = d.aqui AND ${OWNED_WITHOUT_RIGHTS} HAVING count(*) > 0
     UNION ALL
     SELECT 'lo que pueda en otras bases del servidor: ' || string_agg(DISTINCT quote_ident(datname), ', ' ORDER BY quote_ident(datname))
       FROM del_rol d JOIN pg_database b ON b.oid = CASE WHEN d.classid = 'pg_database'::regclass THEN d.objid ELSE d.dbid END
      WHERE b.oid <> d.aqui HAVING count(*) > 0`,
    [user],
  );
  return rows.map(({ salvedad }) => salvedad);
}
