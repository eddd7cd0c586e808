import { readMigrateConfig } from '../config.ts';
import { warnOfUnknownVariables } from '../../lambdas/core/config/variables.ts';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { checkUser, CONSULTAS, createUser, ETL } from '../../lambdas/migraciones/create-user.ts';
import type { DatabaseUser, DatabaseRole } from '../../lambdas/migraciones/create-user.ts';
import { createParticiones, retireHistory } from '../../lambdas/migraciones/maintain-history.ts';
import { sumSemanas } from '../../lambdas/migraciones/sum-semanas.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { warn } from '../output/terminal.ts';

/** Applies the pending migrations, and prints which. */
export async function migrate(): Promise<void> {
  warnOfUnknownVariables(warn);
  const { database, etlUser, consultasUser, conservarMeses, ventasDesde } = readMigrateConfig();
  if (etlUser !== undefined) await checkUser(database, ETL, etlUser);
  if (consultasUser !== undefined) await checkUser(database, CONSULTAS, consultasUser);

  const applied = await applyMigrations(database, (name) => process.stdout.write(`Aplicada ${name}\n`));
  process.stdout.write(
    applied.length === 0 ? 'La base ya estaba al día\n' : `Migraciones aplicadas: ${applied.length}\n`,
  );
  if (etlUser !== undefined) await makeUser(database, ETL, etlUser);
  if (consultasUser !== undefined) await makeUser(database, CONSULTAS, consultasUser);
  printNames('Particiones creadas', await createParticiones(database, ventasDesde));
  printNames('Retirado del histórico', await retireHistory(database, conservarMeses));
  const semanas = await sumSemanas(database);
  if (semanas > 0) process.stdout.write(`Semanas de ventas sumadas: ${semanas}\n`);
}

function printNames(what: string, names: readonly string[]): void {
  if (names.length > 0) process.stdout.write(`${what}: ${names.join(', ')}\n`);
}

async function makeUser(database: DatabaseSettings, role: DatabaseRole, login: DatabaseUser): Promise<void> {
  const salvedades = await createUser(database, role, login);
  process.stdout.write(
    [
      `Usuario ${login.user} listo, con los permisos ${role.nombre} y ninguno más${salvedades.length > 0 ? ', salvo:' : ''}`,
      ...salvedades.map((salvedad) => `  - ${salvedad}`),
      '',
    ].join('\n'),
  );
}
