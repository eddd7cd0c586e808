import { diagnose } from './diagnose.ts';
import type { Diagnostico } from './diagnose.ts';
import type { Accion } from './event.ts';
import { readEstado } from './runs/read-estado.ts';
import type { Estado } from './runs/read-estado.ts';
import type { Systems } from './systems.ts';

/** The answer to a question, which Lambda returns as JSON. */
export type Respuesta = Diagnostico | Estado;

/**
 * Answers what can be asked from inside the network; loads nothing.
 * @throws ConfiguracionInvalida or PipelineError when the state cannot be read; a diagnosis never throws.
 */
export function answerQuestion(accion: Accion, systems: Systems): Promise<Respuesta> {
  switch (accion) {
    case 'diagnostico':
      return diagnose(systems);
    case 'estado':
      return readEstado(systems);
  }
}
