import { Option } from 'commander';
import type { Command } from 'commander';
import { LATEST_RUNS, SALIDA } from './asking.ts';
import type { Asking } from './asking.ts';
import { addCommand } from './command.ts';
import { withJson } from './flags.ts';
import { warn } from './terminal.ts';

/** Adds the questions to a program. Each command's code is imported only when it is chosen. */
export function addQuestions(program: Command, reach: () => Promise<Asking>): void {
  const asking = async (): Promise<Asking> => {
    const [reached, { warnOfUnknownVariables }] = await Promise.all([
      reach(),
      import('../../lambdas/core/config/variables.ts'),
    ]);
    return {
      ...reached,
      withSystems: (ask) => {
        warnOfUnknownVariables(warn);
        return reached.withSystems(ask);
      },
    };
  };
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
