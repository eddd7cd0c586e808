import { Option } from 'commander';
import type { Command } from 'commander';
import { LATEST_RUNS, SALIDA } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { addCommand } from '../program/command.ts';
import { withJson } from '../program/flags.ts';
import { warn } from '../output/terminal.ts';

/** The same `Asking`, which also warns of unknown variables before a question is asked. */
async function warnedOf(reach: () => Promise<Asking>): Promise<Asking> {
  const [reached, { warnOfUnknownVariables }] = await Promise.all([
    reach(),
    import('../../lambdas/core/config/variables.ts'),
  ]);
  return {
    ...reached,
    withContext: (ask, limitMs) => {
      warnOfUnknownVariables(warn);
      return reached.withContext(ask, limitMs);
    },
  };
}

/** Adds the questions about the sales alone to a program. Each command's code is imported only when it is chosen. */
export function addVentasQuestions(program: Command, reach: () => Promise<Asking>): void {
  withJson(
    addCommand(
      program,
      'cobertura',
      'ventas: qué días de cada tienda están completos, y cómo leer los que faltan',
    ).option('--mes <mes>', 'el mes, AAAA-MM; sin la opción, este'),
  ).action(async (_options, command: Command) => {
    const { answerCobertura } = await import('./cobertura.ts');
    await answerCobertura(await warnedOf(reach), command);
  });
  withJson(
    addCommand(
      program,
      'cuadrar',
      'ventas: pregunta otra vez a KLK y compara un día con la base, línea por línea',
    )
      .option('--dia <dia>', 'el día, AAAA-MM-DD')
      .option('--tiendas <id...>', 'solo estas tiendas; sin la opción, todas las que venden'),
  ).action(async (_options, command: Command) => {
    const { answerCuadrar } = await import('./cuadrar.ts');
    await answerCuadrar(await warnedOf(reach), command);
  });
  withJson(
    addCommand(
      program,
      'sondeo',
      'ventas: unas pocas preguntas a KLK, y qué implica lo que contesta; no escribe nada',
    )
      .option('--tienda <id>', 'la tienda por la que se pregunta')
      .option('--dia <dia>', 'el día, AAAA-MM-DD; sin la opción, ayer'),
  ).action(async (_options, command: Command) => {
    const { answerSondeo } = await import('./sondeo.ts');
    await answerSondeo(await warnedOf(reach), command);
  });
}

/** Adds the questions about both pipelines to a program. Each command's code is imported only when it is chosen. */
export function addQuestions(program: Command, reach: () => Promise<Asking>): void {
  const asking = (): Promise<Asking> => warnedOf(reach);
  withJson(addCommand(program, 'estado', 'qué tan fresco está el inventario de cada tienda')).action(
    async (_options, command: Command) => {
      const { answerEstado } = await import('./estado.ts');
      await answerEstado(await asking(), command);
    },
  );
  withJson(
    addCommand(program, 'historial', `las últimas ${LATEST_RUNS} ejecuciones, o una entera`)
      .usage('[id] [opciones]')
      .argument('[id]', 'la ejecución, o como empieza su id')
      .option('--tienda <id>', 'solo lo que atañe a esta tienda')
      .option('--flujo <flujo>', 'solo las de inventario, o solo las de ventas')
      .option('--desde <fecha>', 'todas desde este día o momento, hora de Caracas'),
  ).action(async (id: string | undefined, _options, command: Command) => {
    const { answerHistorial } = await import('./historial.ts');
    await answerHistorial(await asking(), command, id);
  });
  withJson(
    addCommand(program, 'diagnostico', 'paso a paso, qué funciona y qué revisar; no escribe nada'),
  ).action(async (_options, command: Command) => {
    const { answerDiagnostico } = await import('./diagnostico.ts');
    await answerDiagnostico(await asking(), command);
  });
  withJson(addCommand(program, 'tiendas', 'compara el catálogo de tiendas con los almacenes de KLK')).action(
    async (_options, command: Command) => {
      const { answerTiendas } = await import('./tiendas.ts');
      await answerTiendas(await asking(), command);
    },
  );
  withJson(
    addCommand(program, 'rechazos', 'filas que la última respuesta de cada almacén dejó en cuarentena')
      .option('--tienda <id>', 'solo las de esta tienda')
      .addOption(new Option('--csv', 'en CSV, con la fila completa').conflicts('json')),
  ).action(async (_options, command: Command) => {
    const { answerRechazos } = await import('./rechazos.ts');
    await answerRechazos(await asking(), command);
  });
  withJson(
    addCommand(program, 'reporte', 'un informe en un solo archivo HTML').option(
      '--salida <archivo>',
      `dónde escribirlo; sin la opción, ${SALIDA}`,
    ),
  ).action(async (_options, command: Command) => {
    const { answerReporte } = await import('./reporte.ts');
    await answerReporte(await asking(), command);
  });
}
