import type { ServerResponse } from 'node:http';
import type { RespuestaArticulos } from './answer.ts';
import { BODY_FAULTS } from './body-faults.ts';
import { CONNECTION_FAULTS } from './connection-faults.ts';
import { CONTENT_FAULTS } from './content-faults.ts';
import { STATUS_FAULTS } from './status-faults.ts';

/** Every fault of the simulator by its name. */
export const KLK_FAULTS = { ...CONNECTION_FAULTS, ...STATUS_FAULTS, ...BODY_FAULTS, ...CONTENT_FAULTS };

export type KlkFault = keyof typeof KLK_FAULTS;

/** A fault by name, or with the `Retry-After` header that goes with it. */
export type KlkFaultSetting = KlkFault | { tipo: '429' | '503'; retryAfter?: string };

/** Whether the simulator has a fault of this name. */
export function isKlkFault(name: string): name is KlkFault {
  return Object.hasOwn(KLK_FAULTS, name);
}

/** Which fault is switched on for which warehouse. */
export interface FaultBoard {
  /** For one warehouse, or `*` for all; `undefined` switches it off. `veces`: only for so many requests. */
  set: (codigo: string, setting: KlkFaultSetting | undefined, veces?: number) => void;
  /** The fault for a request of these warehouses, counted as used. A warehouse's own fault goes before `*`. */
  take: (codigos: readonly string[]) => KlkFaultSetting | undefined;
}

/** A board with every fault off. */
export function createFaultBoard(): FaultBoard {
  const board = new Map<string, { setting: KlkFaultSetting; veces: number }>();
  return {
    set: (codigo, setting, veces = Infinity) => {
      board.delete(codigo);
      if (setting !== undefined && veces > 0) board.set(codigo, { setting, veces });
    },
    take: (codigos) => {
      const key = [...codigos, '*'].find((codigo) => board.has(codigo));
      const entry = key === undefined ? undefined : board.get(key);
      if (key === undefined || entry === undefined) return undefined;
      entry.veces -= 1;
      if (entry.veces === 0) board.delete(key);
      return entry.setting;
    },
  };
}

/** Answers with the fault instead of the healthy `respuesta`; some faults never answer. */
export function answerWithFault(
  setting: KlkFaultSetting,
  response: ServerResponse,
  respuesta: RespuestaArticulos,
): void {
  const { tipo, retryAfter } =
    typeof setting === 'string' ? { tipo: setting, retryAfter: undefined } : setting;
  KLK_FAULTS[tipo].answer({ response, respuesta, retryAfter });
}
