import { readMigrateConfig } from '../config.ts';
import { warnOfUnknownVariables } from '../../lambdas/core/config/variables.ts';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { checkEtlUser, createEtlUser } from '../../lambdas/migraciones/create-etl-user.ts';
import type { EtlUser } from '../../lambdas/migraciones/create-etl-user.ts';
import { createParticiones, retireHistory } from '../../lambdas/migraciones/maintain-history.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { warn } from './terminal.ts';

/** Applies the pending migrations, and prints which. */
export async function migrate(): Promise<void> {
  warnOfUnknownVariables(warn);
  const { database, etlUser, conservarMeses, ventasDesde } = readMigrateConfig();
  if (etlUser !== undefined) await checkEtlUser(database, etlUser);

  const applied = await applyMigrations(database, (name) => process.stdout.write(`Aplicada ${name}\n`));
  process.stdout.write(
    applied.length === 0 ? 'La base ya estaba al día\n' : `Migraciones aplicadas: ${applied.length}\n`,
  );
  if (etlUser !== undefined) await makeEtlUser(database, etlUser);
  printNames('Particiones creadas', await createParticiones(database, ventasDesde));
  printNames('Retirado del histórico', await retireHistory(database, conservarMeses));
}

function printNames(what: string, names: readonly string[]): void {
  if (names.length > 0) process.stdout.write(`${what}: ${names.join(', ')}\n`);
}

async function makeEtlUser(database: DatabaseSettings, etlUser: EtlUser): Promise<void> {
  const salvedades = await createEtlUser(database, etlUser);
  process.stdout.write(
    [
      `Usuario ${etlUser.user} listo, con los permisos del ETL y ninguno más${salvedades.length > 0 ? ', salvo:' : ''}`,
      ...salvedades.map((salvedad) => `  - ${salvedad}`),
      '',
    ].join('\n'),
  );
}
