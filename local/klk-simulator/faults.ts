import type { ServerResponse } from 'node:http';
import type { ArticulosAnswer, VentasAnswer } from './answer.ts';
import { BODY_FAULTS } from './body-faults.ts';
import { CONNECTION_FAULTS } from './connection-faults.ts';
import { CONTENT_FAULTS } from './content-faults.ts';
import { STATUS_FAULTS } from './status-faults.ts';
import { VENTAS_CONTENT_FAULTS } from './ventas-faults.ts';
import type { FaultyVentas } from './ventas-faults.ts';

const WIRE_FAULTS = { ...CONNECTION_FAULTS, ...STATUS_FAULTS, ...BODY_FAULTS };

/** The faults of stock, by name. */
export const KLK_FAULTS = { ...WIRE_FAULTS, ...CONTENT_FAULTS };

/** The faults of sales, by name. */
export const VENTAS_FAULTS = { ...WIRE_FAULTS, ...VENTAS_CONTENT_FAULTS };

export type KlkFault = keyof typeof KLK_FAULTS;

export type VentasFault = keyof typeof VENTAS_FAULTS;

/** A fault by name, or with the `Retry-After` header that goes with it. */
export type KlkFaultSetting = KlkFault | { tipo: '429' | '503'; retryAfter?: string };

/** A fault of sales by name, or with its details. `corte` is the number of lines after which an answer is cut, 10,000 by default. */
export type VentasFaultSetting =
  | VentasFault
  | { tipo: '429' | '503'; retryAfter?: string }
  | { tipo: 'cortada' | 'cortada-callada'; corte: number };

/** Answers a request instead of the simulator, which passes the healthy answer. It may write to the socket of `response` directly. */
export type KlkBehaviour = (response: ServerResponse, healthy: ArticulosAnswer | VentasAnswer) => void;

/** Whether this is the name of a fault of stock. */
export function isKlkFault(name: string): name is KlkFault {
  return Object.hasOwn(KLK_FAULTS, name);
}

/** Whether this is the name of a fault of sales. */
export function isVentasFault(name: string): name is VentasFault {
  return Object.hasOwn(VENTAS_FAULTS, name);
}

/** A fault and its details. */
export interface FaultDetails<F extends KlkFault | VentasFault> {
  tipo: F;
  retryAfter?: string | undefined;
  corte?: number | undefined;
}

/** Answers with the fault instead of the healthy answer; some faults never answer. */
export function answerWithFault(
  { tipo, retryAfter }: FaultDetails<KlkFault>,
  response: ServerResponse,
  healthy: ArticulosAnswer,
): void {
  KLK_FAULTS[tipo].answer({ response, healthy, retryAfter });
}

/** Answers with the fault instead of the healthy sales; some faults never answer. */
export function answerVentasWithFault(
  { tipo, retryAfter, corte = 10_000 }: FaultDetails<VentasFault>,
  faulty: Omit<FaultyVentas, 'retryAfter' | 'corte'>,
): void {
  VENTAS_FAULTS[tipo].answer({ ...faulty, retryAfter, corte });
}
