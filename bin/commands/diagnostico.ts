import type { Command } from 'commander';
import { diagnose } from '../../lambdas/inventario-klk/questions/diagnose.ts';
import type { Diagnosis } from '../../lambdas/inventario-klk/questions/diagnose.ts';
import { runLockCheck } from '../../lambdas/core/diagnosis/check-schema.ts';
import { fetchVentas } from '../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { runChain } from '../../lambdas/core/diagnosis/checklist.ts';
import type { Finding, Step } from '../../lambdas/core/diagnosis/checklist.ts';
import { IN_TURN, QUIETLY, withVentasAsker } from './ask-ventas.ts';
import { findVendedoras, printAnswer } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { optionsOf } from '../program/flags.ts';
import { paint, paintEstado } from '../output/terminal.ts';
import { AnsweredBadly } from '../program/run-command.ts';
import { renderTable } from '../output/table.ts';
import type { Column } from '../output/table.ts';

/** Answers `diagnostico`: which hop is broken, and what to check. */
export async function answerDiagnostico({ withContext }: Asking, command: Command): Promise<void> {
  const { json } = optionsOf(command, {});
  await withContext(async (context) => {
    const diagnostico = await diagnoseBoth(context);
    printAnswer(diagnostico, json, render);
    if (!diagnostico.bien) throw new AnsweredBadly();
  });
}

/** The steps of the inventory's diagnosis, and what only the sales need after those that they depend on. */
async function diagnoseBoth(context: QuestionContext): Promise<Diagnosis> {
  const { pasos } = await diagnose(context);
  const { place } = context;
  const blockerOfPaso = (...names: readonly string[]): string | undefined =>
    names.find((name) => pasos.find(({ paso }) => paso === name)?.estado !== 'ok');
  const deVentas = await Promise.all([
    runChain(
      [{ paso: 'klk-ventas', look: () => askTinyQuestion(context) }],
      place,
      blockerOfPaso('configuracion', 'klk-pisoventa'),
    ),
    runChain(
      [runLockCheck('turno-ventas', 'ventas', context)],
      place,
      blockerOfPaso('configuracion', 'migraciones'),
    ),
  ]);
  const all = [...pasos, ...deVentas.flat()];
  return { bien: all.every(({ estado }) => estado === 'ok'), pasos: all };
}

/** Five minutes of a night: the answer is small, and must have the documented form. */
async function askTinyQuestion(context: QuestionContext): Promise<Finding> {
  const [tienda] = findVendedoras(undefined, context.readCatalogo());
  if (tienda === undefined) return { detalle: 'ninguna tienda activa vende' };
  const dia = addDias(diaAt(new Date()), -1);
  const tramo = { tienda: tienda.id, dia, desde: '03:00', hasta: '03:05' };
  const { lineas } = await withVentasAsker(context, [tienda], (asker) =>
    fetchVentas(asker, tienda, tramo, QUIETLY, IN_TURN),
  );
  return { detalle: `contesta por ${tienda.id}: ${lineas.length} líneas de madrugada` };
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
  turno: 'Turno del inventario',
  'klk-ventas': 'KLK: ventas',
  'turno-ventas': 'Turno de las ventas',
  particiones: 'Particiones',
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
