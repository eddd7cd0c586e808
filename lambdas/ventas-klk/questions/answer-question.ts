import { PipelineError, toPipelineError } from '../../core/errors/errors.ts';
import { ConfiguracionInvalida } from '../../core/errors/invalid.ts';
import { describeFailure } from '../../core/errors/remedy.ts';
import type { QuestionContext } from '../../core/run/question.ts';
import type { Accion } from '../event.ts';
import { readEstadoVentas } from './read-estado-ventas.ts';
import type { EstadoVentas } from './read-estado-ventas.ts';

/** The answer to a question, which Lambda returns as JSON. */
export type QuestionAnswer = EstadoVentas;

/**
 * Answers what can be asked from inside the network; loads nothing.
 * @throws ConfiguracionInvalida or PipelineError, whose message has code and remedy, when the answer cannot be read.
 */
export async function answerQuestion(accion: Accion, systems: QuestionContext): Promise<QuestionAnswer> {
  try {
    return await readEstadoVentas(systems);
  } catch (thrown) {
    if (thrown instanceof ConfiguracionInvalida) throw thrown;
    const { codigo, message } = toPipelineError(thrown);
    const mensaje = describeFailure(codigo, message, { flujo: 'ventas', words: [accion] }, systems.place);
    throw new PipelineError(codigo, mensaje, { cause: thrown });
  }
}
