import type { Client } from 'pg';
import { OWNED_WITHOUT_RIGHTS } from './etl-role.ts';

/** What a role may do besides what it was given here: what the database lets everybody do, what it made itself, and other databases. */
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
