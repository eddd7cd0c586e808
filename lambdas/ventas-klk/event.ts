import { z } from 'zod';
import { obstacleToSell } from '../core/config/catalogo.ts';
import type { Tienda } from '../core/config/catalogo.ts';
import { MAX_DIAS_FORZADOS } from '../core/run/remedy.ts';
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
import { countDias, isDia } from '../core/time/dia.ts';

/** The days to read, both included. */
export interface Periodo {
  readonly desde: string;
  readonly hasta: string;
}

/** What a run was asked to do, validated against the catalogue; without days it reads the slices that are due. */
export interface Solicitud extends TiendasRequest, Partial<Periodo> {}

/** What can be asked instead of a run. */
const ACCIONES = ['estado'] as const;

export type Accion = (typeof ACCIONES)[number];

/** Days that can be asked for at once. */
const MAX_DIAS = 400;

const offerOf = (catalogo: readonly Tienda[]): Offer => ({ catalogo, obstacleTo: obstacleToSell });

function createSchema(offer: Offer, hoy: string) {
  const dia = z
    .string()
    .refine(isDia, { error: 'debe ser un día del calendario, AAAA-MM-DD', abort: true })
    .refine((value) => value <= hoy, `está en el futuro (hoy es ${hoy})`)
    .optional();
  return z
    .strictObject({ ...requestParts(offer), desde: dia, hasta: dia })
    .refine(({ forzar, tiendas }) => !forzar || tiendas !== undefined, {
      path: ['forzar'],
      error: 'exige nombrar las tiendas en "tiendas"',
      when: whenObject,
    })
    .refine(({ forzar, desde, hasta }) => !forzar || (desde !== undefined && hasta !== undefined), {
      path: ['forzar'],
      error: 'exige nombrar los días en "desde" y "hasta"',
      when: whenObject,
    })
    .refine(
      ({ forzar, desde = '', hasta = '' }) =>
        !forzar || !isDia(desde) || !isDia(hasta) || countDias(desde, hasta) <= MAX_DIAS_FORZADOS,
      {
        path: ['forzar'],
        error: `admite ${MAX_DIAS_FORZADOS} días a lo sumo`,
        when: whenObject,
      },
    )
    .refine(({ desde, hasta }) => hasta === undefined || desde !== undefined, {
      path: ['hasta'],
      error: 'exige también "desde"',
      when: whenObject,
    })
    .refine(({ desde = '', hasta = desde }) => !isDia(desde) || !isDia(hasta) || desde <= hasta, {
      path: ['hasta'],
      error: 'es anterior a "desde"',
      when: whenObject,
    })
    .refine(
      ({ desde = '', hasta = hoy }) => !isDia(desde) || !isDia(hasta) || countDias(desde, hasta) <= MAX_DIAS,
      {
        path: ['desde'],
        error: `quedan más de ${MAX_DIAS} días hasta "hasta"; pídalos por partes`,
        when: whenObject,
      },
    );
}

/**
 * The question that an event asks, alone; undefined when it asks for a run.
 * @throws SolicitudInvalida naming every problem.
 */
export const parseQuestion = (event: unknown, catalogo: readonly Tienda[]): Accion | undefined =>
  parseAccion(event, ACCIONES, offerOf(catalogo));

/**
 * The event of an invocation as a request; `hoy` is the stores' day.
 * @throws SolicitudInvalida naming every problem and the valid stores, before anything is touched.
 */
export function parseEvent(event: unknown, catalogo: readonly Tienda[], hoy: string): Solicitud {
  return (
    parseScheduled(event, offerOf(catalogo)) ?? { origen: 'manual', ...parseRequest(event, catalogo, hoy) }
  );
}

/**
 * What a person asks for, by event or by flags: `{ dryRun?, tiendas?, desde?, hasta?, forzar? }`, strictly. Without `hasta` the days
 * asked for end today. What is forced names its stores and its days, at most `MAX_DIAS_FORZADOS`.
 * @throws SolicitudInvalida naming every problem and the valid stores.
 */
export function parseRequest(
  request: unknown,
  catalogo: readonly Tienda[],
  hoy: string,
): Omit<Solicitud, 'origen'> {
  const offer = offerOf(catalogo);
  const parsed = parseStrictly(createSchema(offer, hoy), request, offer);
  const { dryRun, forzar, tiendas = allOffered(offer), desde, hasta = hoy } = parsed;
  return { dryRun, forzar, tiendas, ...(desde !== undefined && { desde, hasta }) };
}

/** The request as a person would repeat it: stores are named when they are not all, or are forced. */
export const toAskedRun = (solicitud: Omit<Solicitud, 'origen'>, catalogo: readonly Tienda[]): AskedRun => {
  const { dryRun, forzar, desde, hasta } = solicitud;
  return {
    flujo: 'ventas',
    dryRun,
    forzar,
    tiendas: tiendasToName(solicitud, offerOf(catalogo)),
    ...(desde !== undefined && hasta !== undefined && { desde, hasta }),
  };
};
