import type { Client } from 'pg';
import { PipelineError } from '../core/errors/errors.ts';
import { TABLAS } from './foreign-database.ts';

/**
 * Refuses a read-only server, such as a replica.
 * @throws PipelineError `BD_SOLO_LECTURA`
 */
export async function refuseReadOnly(client: Client): Promise<void> {
  const { rows } = await client.query(
    `SELECT WHERE pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean`,
  );
  if (rows.length > 0) {
    throw new PipelineError('BD_SOLO_LECTURA', 'La base de datos solo admite lecturas; no se tocó nada');
  }
}

/**
 * Refuses a user that may not change the schema, and names the statement that allows it.
 * @throws PipelineError `BD_PERMISO_MIGRACION`
 */
export async function refuseWithoutRights(client: Client): Promise<void> {
  await refuse(
    client,
    `SELECT format('no es dueño de las tablas de %1$I, que son de %2$I: migre con ese usuario (o GRANT %2$I TO %3$I)',
                   current_database(), pg_get_userbyid(relowner), current_user) AS problema
       FROM pg_class
      WHERE relnamespace = to_regnamespace('public') AND relname = ANY ($1::text[]) AND NOT pg_has_role(relowner, 'USAGE')
      GROUP BY relowner
     UNION ALL
     SELECT format('no puede crear el esquema consultas en %1$I: GRANT CREATE ON DATABASE %1$I TO %2$I', current_database(), current_user)
      WHERE to_regnamespace('consultas') IS NULL AND NOT has_database_privilege(current_database(), 'CREATE')
     UNION ALL
     SELECT format('no es dueño del esquema consultas de %1$I, que es de %2$I: migre con ese usuario (o GRANT %2$I TO %3$I)',
                   current_database(), pg_get_userbyid(nspowner), current_user)
       FROM pg_namespace WHERE nspname = 'consultas' AND NOT pg_has_role(nspowner, 'USAGE')
     UNION ALL
     SELECT format(CASE WHEN esquema IS NULL
                        THEN 'en %1$I no hay esquema public: CREATE SCHEMA public AUTHORIZATION %2$I'
                        ELSE 'no puede crear tablas en %1$I: GRANT USAGE, CREATE ON SCHEMA public TO %2$I'
                    END, current_database(), current_user)
       FROM (SELECT to_regnamespace('public') AS esquema) AS e
      WHERE NOT coalesce(has_schema_privilege(esquema::oid, 'USAGE') AND has_schema_privilege(esquema::oid, 'CREATE'), false)`,
    [[...TABLAS, 'migraciones']],
  );
}

/**
 * Refuses a user that may not create the program's user, or not change it if it exists.
 * @throws PipelineError `BD_PERMISO_MIGRACION`
 */
export async function refuseWithoutRoleRights(client: Client, user: string): Promise<void> {
  await refuse(
    client,
    `SELECT format('no puede crear usuarios ni cambiarlos: ALTER ROLE %I CREATEROLE', current_user) AS problema
       FROM pg_roles WHERE rolname = current_user AND NOT rolsuper AND NOT rolcreaterole
     UNION ALL
     SELECT format('no puede cambiar al usuario %1$I, que creó otro: GRANT %1$I TO %2$I WITH ADMIN OPTION', etl.rolname, current_user)
       FROM pg_roles yo, pg_roles etl
      WHERE yo.rolname = current_user AND yo.rolcreaterole AND NOT yo.rolsuper
        AND etl.rolname = $1::text AND NOT pg_has_role(etl.oid, 'MEMBER WITH ADMIN OPTION')`,
    [user],
  );
}

async function refuse(client: Client, sql: string, params: readonly unknown[]): Promise<void> {
  const { rows } = await client.query<{ problema: string }>(sql, [...params]);
  if (rows.length === 0) return;
  throw new PipelineError(
    'BD_PERMISO_MIGRACION',
    `El usuario ${client.user ?? ''} ${rows.map(({ problema }) => problema).join('; ')}; no se tocó nada`,
  );
}
