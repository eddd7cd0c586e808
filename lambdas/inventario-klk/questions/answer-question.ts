import { PipelineError, toPipelineError } from '../../core/errors/errors.ts';
import { diagnose } from './diagnose.ts';
import type { Diagnosis } from './diagnose.ts';
import type { Accion } from '../event.ts';
import { ConfiguracionInvalida } from '../../core/errors/invalid.ts';
import { describeFailure } from '../../core/errors/remedy.ts';
import { readEstado } from './read-estado.ts';
import type { Estado } from './read-estado.ts';
import type { QuestionContext } from '../../core/run/question.ts';

/** The answer to a question, which Lambda returns as JSON. */
export type QuestionAnswer = Diagnosis | Estado;

/**
 * Answers a question from inside the network. Loads nothing.
 * @throws ConfiguracionInvalida or PipelineError, whose message has code and remedy, when the state cannot be read; a diagnosis never
 * throws.
 */
export async function answerQuestion(accion: Accion, systems: QuestionContext): Promise<QuestionAnswer> {
  try {
    return await answer(accion, systems);
  } catch (thrown) {
    if (thrown instanceof ConfiguracionInvalida) throw thrown;
    const { codigo, message } = toPipelineError(thrown);
    const mensaje = describeFailure(codigo, message, { words: [accion] }, systems.place);
    throw new PipelineError(codigo, mensaje, { cause: thrown });
  }
}

function answer(accion: Accion, systems: QuestionContext): Promise<QuestionAnswer> {
  switch (accion) {
    case 'diagnostico':
      return diagnose(systems);
    case 'estado':
      return readEstado(systems);
  }
}
