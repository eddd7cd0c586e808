import type { Command } from 'commander';
import type { Asking } from './asking.ts';
import { addDiagnostico } from './diagnostico.ts';
import { addEstado } from './estado.ts';
import { addHistorial } from './historial.ts';
import { addRechazos } from './rechazos.ts';
import { addReporte } from './reporte.ts';
import { addTiendas } from './tiendas.ts';
import { warnOnTerminal } from './warnings.ts';

/** Adds everything that can be asked to a program. */
export function addQuestions(program: Command, reached: Asking): void {
  const asking: Asking = {
    ...reached,
    withSystems: (ask) => {
      warnOnTerminal();
      return reached.withSystems(ask);
    },
  };
  addEstado(program, asking);
  addHistorial(program, asking);
  addDiagnostico(program, asking);
  addTiendas(program, asking);
  addRechazos(program, asking);
  addReporte(program, asking);
}
