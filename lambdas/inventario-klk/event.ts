import { z } from 'zod';
import type { Tienda } from '../core/config/catalogo.ts';
import type { AskedRun } from '../core/run/remedy.ts';
import {
  allOffered,
  parseAccion,
  parseScheduled,
  parseStrictly,
  requestParts,
  tiendasToName,
  whenObject,
} from '../core/run/event.ts';
import type { Offer, TiendasRequest } from '../core/run/event.ts';

/** What a run was asked to do, validated against the catalogue. */
export type Solicitud = TiendasRequest;

/** What can be asked instead of a run. */
const ACCIONES = ['diagnostico', 'estado'] as const;

export type Accion = (typeof ACCIONES)[number];

/** Every active place has an inventory, distribution centres included. */
const offerOf = (catalogo: readonly Tienda[]): Offer => ({
  catalogo,
  obstacleTo: ({ activa }) => (activa ? undefined : 'está inactiva'),
});

const createSchema = (offer: Offer) =>
  z.strictObject(requestParts(offer)).refine(({ forzar, tiendas }) => !forzar || tiendas !== undefined, {
    path: ['forzar'],
    error: 'exige nombrar las tiendas en "tiendas"',
    when: whenObject,
  });

/**
 * The question that an event asks, alone; undefined when it asks for a run.
 * @throws SolicitudInvalida naming every problem.
 */
export const parseQuestion = (event: unknown, catalogo: readonly Tienda[]): Accion | undefined =>
  parseAccion(event, ACCIONES, offerOf(catalogo));

/**
 * The event of an invocation as a request.
 * @throws SolicitudInvalida naming every problem and the valid stores, before anything is touched.
 */
export function parseEvent(event: unknown, catalogo: readonly Tienda[]): Solicitud {
  return parseScheduled(event, offerOf(catalogo)) ?? { origen: 'manual', ...parseRequest(event, catalogo) };
}

/**
 * What a person asks for, by event or by flags: `{ dryRun?, tiendas?, forzar? }`, strictly.
 * @throws SolicitudInvalida naming every problem and the valid stores.
 */
export function parseRequest(request: unknown, catalogo: readonly Tienda[]): Omit<Solicitud, 'origen'> {
  const offer = offerOf(catalogo);
  const { dryRun, forzar, tiendas = allOffered(offer) } = parseStrictly(createSchema(offer), request, offer);
  return { dryRun, forzar, tiendas };
}

/** The request as a person would repeat it: stores are named when they are not all, or are forced. */
export const toAskedRun = (solicitud: Omit<Solicitud, 'origen'>, catalogo: readonly Tienda[]): AskedRun => ({
  dryRun: solicitud.dryRun,
  forzar: solicitud.forzar,
  tiendas: tiendasToName(solicitud, offerOf(catalogo)),
});
