import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { sendBytes, sendJson } from './answer.ts';

/** Answers that a test dictates, by the code of a warehouse or of a branch. */
export interface CustomAnswers {
  /** A Buffer is answered as it is, anything else as JSON; `undefined` ends it. */
  set: (codigo: string, body: unknown, status?: number, headers?: OutgoingHttpHeaders) => void;
  /** The answer of the first of these codes that has one. */
  find: (codigos: readonly string[]) => ((response: ServerResponse) => void) | undefined;
}

/** No answer is dictated yet. */
export function createCustomAnswers(): CustomAnswers {
  const answers = new Map<string, (response: ServerResponse) => void>();
  return {
    set: (codigo, body, status, headers) => {
      answers.delete(codigo);
      if (body === undefined) return;
      answers.set(codigo, (response) => {
        if (Buffer.isBuffer(body)) sendBytes(response, body, status, headers);
        else sendJson(response, body, status, headers);
      });
    },
    find: (codigos) => codigos.map((codigo) => answers.get(codigo)).find((found) => found !== undefined),
  };
}
