import { z } from 'zod';
import type { Tienda } from '../config/catalogo.ts';
import { describeIssues, EN_ESPANOL, SolicitudInvalida } from '../errors/invalid.ts';
import type { RunRequest } from './summary.ts';

/** A run as it was asked for, validated against the catalogue. */
export interface TiendasRequest extends RunRequest {
  readonly tiendas: readonly Tienda[];
}

/** The stores that a pipeline may be asked for. */
export interface Offer {
  readonly catalogo: readonly Tienda[];
  /** Why a store of the catalogue cannot be asked for, as the end of a Spanish sentence; undefined when it can. */
  readonly obstacleTo: (tienda: Tienda) => string | undefined;
}

/** EventBridge's envelope, https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html. */
const ScheduledEventSchema = z.looseObject({
  id: z.string(),
  source: z.literal('aws.events'),
  'detail-type': z.literal('Scheduled Event'),
  time: z.string(),
});

/** Problems named in one message, and characters of each, at most: a payload may hold thousands, and megabytes. */
const MAX_NAMED = 20;
const MAX_PROBLEM_LENGTH = 200;

/** The parts of a request by hand that every pipeline knows. Each is checked by itself, so that all problems are listed. */
export function requestParts({ catalogo, obstacleTo }: Offer): {
  readonly dryRun: z.ZodDefault<z.ZodBoolean>;
  readonly tiendas: z.ZodType<readonly Tienda[] | undefined>;
  readonly forzar: z.ZodDefault<z.ZodBoolean>;
} {
  const byId = new Map(catalogo.map((tienda) => [tienda.id, tienda]));
  const askable = z.string().transform((id, context): Tienda => {
    const tienda = byId.get(id);
    const obstacle = tienda === undefined ? undefined : obstacleTo(tienda);
    if (tienda !== undefined && obstacle === undefined) return tienda;
    const message =
      tienda === undefined ? `no existe ${JSON.stringify(id)}` : `${id} (${tienda.nombre}) ${obstacle ?? ''}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  return {
    dryRun: z.boolean().default(false),
    tiendas: z
      .array(askable)
      .min(1, 'la lista está vacía; quítela para pedir todas')
      .transform((tiendas) => [...new Set(tiendas)])
      .optional(),
    forzar: z.boolean().default(false),
  };
}

/** For rules about several parts of a request: they are checked even when another part is wrong. */
export const whenObject = ({ value }: { readonly value: unknown }): boolean =>
  typeof value === 'object' && value !== null;

/**
 * A request as its schema reads it.
 * @throws SolicitudInvalida naming every problem and the valid stores.
 */
export function parseStrictly<T>(schema: z.ZodType<T>, request: unknown, offer: Offer): T {
  const parsed = schema.safeParse(request, EN_ESPANOL);
  if (!parsed.success) throw refusal(describeIssues(parsed.error), offer);
  return parsed.data;
}

/**
 * The request of an event of the schedule, as EventBridge sends it: every store that can be asked for. Undefined when the event has no
 * `source`, as a request by hand.
 * @throws SolicitudInvalida for an event of another source or type.
 */
export function parseScheduled(event: unknown, offer: Offer): TiendasRequest | undefined {
  if (typeof event !== 'object' || event === null || !('source' in event)) return undefined;
  parseStrictly(ScheduledEventSchema, event, offer);
  return { origen: 'programada', dryRun: false, forzar: false, tiendas: allOffered(offer) };
}

/**
 * The question that an event asks, alone, one of `acciones`; undefined when it asks for a run.
 * @throws SolicitudInvalida naming every problem.
 */
export function parseAccion<Accion extends string>(
  event: unknown,
  acciones: readonly Accion[],
  offer: Offer,
): Accion | undefined {
  if (typeof event !== 'object' || event === null || !('accion' in event)) return undefined;
  const schema = z.strictObject({ accion: z.enum(acciones, `debe ser ${acciones.join(' o ')}`) });
  return parseStrictly(schema, event, offer).accion;
}

/**
 * Every store that can be asked for. Without any the run would fail without a cause.
 * @throws SolicitudInvalida when there is none.
 */
export function allOffered(offer: Offer): readonly Tienda[] {
  const tiendas = offered(offer);
  if (tiendas.length === 0) throw refusal(['el catálogo no tiene ninguna tienda activa'], offer);
  return tiendas;
}

/** The stores to name when a request is repeated: none when they are all and not forced. */
export const tiendasToName = (
  { forzar, tiendas }: Pick<TiendasRequest, 'forzar' | 'tiendas'>,
  offer: Offer,
): readonly string[] => (forzar || tiendas.length < offered(offer).length ? tiendas.map(({ id }) => id) : []);

const offered = ({ catalogo, obstacleTo }: Offer): readonly Tienda[] =>
  catalogo.filter((tienda) => obstacleTo(tienda) === undefined);

function refusal(problemas: readonly string[], offer: Offer): SolicitudInvalida {
  const named = problemas.slice(0, MAX_NAMED).map((problema) => problema.slice(0, MAX_PROBLEM_LENGTH));
  if (problemas.length > MAX_NAMED) named.push(`… y ${problemas.length - MAX_NAMED} más`);
  const validas = offered(offer).map(({ id, nombre }) => `${id} (${nombre})`);
  return new SolicitudInvalida(
    `Solicitud inválida, no se tocó nada: ${named.join('; ')}. Tiendas válidas: ${validas.join(', ') || 'ninguna'}`,
  );
}
