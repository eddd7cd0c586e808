import type { Command } from 'commander';
import type { Step } from '../../lambdas/core/diagnosis/checklist.ts';
import { diagnose } from '../../lambdas/inventario-klk/questions/diagnose.ts';
import type { Diagnosis } from '../../lambdas/inventario-klk/questions/diagnose.ts';
import { printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { optionsOf } from './flags.ts';
import { paint, paintEstado } from './terminal.ts';
import { AnsweredBadly } from './run-command.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

/** Answers `diagnostico`: which hop is broken, and what to check. */
export async function answerDiagnostico({ withSystems }: Asking, command: Command): Promise<void> {
  const { json } = optionsOf(command, {});
  await withSystems(async (systems) => {
    const diagnostico = await diagnose(systems);
    printAnswer(diagnostico, json, render);
    if (!diagnostico.bien) throw new AnsweredBadly();
  });
}

const TITLES: Readonly<Record<string, string>> = {
  configuracion: 'Configuración',
  'klk-dns': 'KLK: nombre (DNS)',
  'klk-tcp': 'KLK: puerto (TCP)',
  'klk-pisoventa': 'KLK: lista de almacenes',
  'bd-tcp': 'PostgreSQL: puerto (TCP)',
  'bd-tls': 'PostgreSQL: TLS',
  'bd-acceso': 'PostgreSQL: acceso',
  migraciones: 'Migraciones',
  permisos: 'Permisos del usuario',
  turno: 'Turno',
  particiones: 'Particiones del histórico',
};

const COLUMNS: readonly Column<Step>[] = [
  { title: 'Paso', cell: ({ paso }) => TITLES[paso] ?? paso },
  { title: 'Estado', cell: ({ estado }) => paintEstado(estado) },
  { title: 'ms', cell: ({ ms }) => ms },
  { title: 'Detalle', cell: ({ detalle }) => detalle, wraps: true },
];

function render({ bien, pasos }: Diagnosis): string {
  const failed = pasos.flatMap(({ paso, revisar }) =>
    revisar === undefined ? [] : [`${paint('red', '✗')} ${TITLES[paso] ?? paso}: ${revisar}\n`],
  );
  return [renderTable(COLUMNS, pasos), ...failed, bien ? 'Todo en orden\n' : ''].join('');
}
