import type { Client } from 'pg';
import { PipelineError } from '../core/errors/errors.ts';

/**
 * What a role may own without any right of its own, because PostgreSQL lets everybody make it: large objects, default privileges for
 * what it makes itself, and temporary objects, which end with their session.
 */
export const OWNED_WITHOUT_RIGHTS = `(d.classid IN ('pg_largeobject'::regclass, 'pg_default_acl'::regclass)
  OR (d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (pg_identify_object(d.classid, d.objid, 0)).schema LIKE 'pg\\_temp%'))`;

/**
 * Refuses a role that is more than the pipeline's user, and says with which statements it is no more than that. Grants can be taken
 * away; what a role is, owns or inherits is for a person to decide.
 * @throws PipelineError `USUARIO_ETL_INVALIDO`
 */
export async function refusePowerfulRole(client: Client, user: string): Promise<void> {
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
      'USUARIO_ETL_INVALIDO',
      `El usuario ${user} ya existe y ${rows.map(({ problema }) => problema).join('; ')}`,
    );
  }
}
