import { PipelineError, toPipelineError } from '../shared/errors.ts';
import { diagnose } from './diagnose.ts';
import type { Diagnostico } from './diagnose.ts';
import type { Accion } from './event.ts';
import { ConfiguracionInvalida } from './refusals.ts';
import { describeFailure } from './remedy.ts';
import { readEstado } from './runs/read-estado.ts';
import type { Estado } from './runs/read-estado.ts';
import type { Systems } from './systems.ts';

/** The answer to a question, which Lambda returns as JSON. */
export type Respuesta = Diagnostico | Estado;

/**
 * Answers what can be asked from inside the network; loads nothing.
 * @throws ConfiguracionInvalida or PipelineError, whose message tells code and remedy, when the state cannot be read; a diagnosis never
 * throws.
 */
export async function answerQuestion(accion: Accion, systems: Systems): Promise<Respuesta> {
  try {
    return await answer(accion, systems);
  } catch (thrown) {
    if (thrown instanceof ConfiguracionInvalida) throw thrown;
    const { codigo, message } = toPipelineError(thrown);
    const mensaje = describeFailure(codigo, message, { words: [accion] }, systems.place);
    throw new PipelineError(codigo, mensaje, { cause: thrown });
  }
}

function answer(accion: Accion, systems: Systems): Promise<Respuesta> {
  switch (accion) {
    case 'diagnostico':
      return diagnose(systems);
    case 'estado':
      return readEstado(systems);
  }
}
