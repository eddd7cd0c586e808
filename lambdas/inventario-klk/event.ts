import { z } from 'zod';
import type { Tienda } from '../core/config/catalogo.ts';
import { describeIssues, EN_ESPANOL, SolicitudInvalida } from '../core/errors/invalid.ts';
import type { AskedRun } from '../core/errors/remedy.ts';
import type { Origen } from '../core/run/summary.ts';

/** What a run was asked to do, validated against the catalogue. */
export interface Solicitud {
  readonly origen: Origen;
  readonly dryRun: boolean;
  /** Accept suspect snapshots of the stores named. */
  readonly forzar: boolean;
  readonly tiendas: readonly Tienda[];
}

/** EventBridge's envelope, https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html. */
const ScheduledEventSchema = z.looseObject({
  id: z.string(),
  source: z.literal('aws.events'),
  'detail-type': z.literal('Scheduled Event'),
  time: z.string(),
});

/** What can be asked instead of a run. */
const QuestionEventSchema = z.strictObject({
  accion: z.enum(['diagnostico', 'estado'], 'debe ser diagnostico o estado'),
});

export type Accion = z.infer<typeof QuestionEventSchema>['accion'];

/** A person's request. Each part is checked by itself, so that all problems are listed. */
function createRequestSchema(catalogo: readonly Tienda[]) {
  const byId = new Map(catalogo.map((tienda) => [tienda.id, tienda]));
  const activa = z.string().transform((id, context) => {
    const tienda = byId.get(id);
    if (tienda?.activa === true) return tienda;
    const message =
      tienda === undefined ? `no existe ${JSON.stringify(id)}` : `${id} (${tienda.nombre}) está inactiva`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  return z
    .strictObject({
      dryRun: z.boolean().default(false),
      tiendas: z.array(activa).min(1, 'la lista está vacía; quítela para pedir todas').optional(),
      forzar: z.boolean().default(false),
    })
    .refine(({ forzar, tiendas }) => !forzar || tiendas !== undefined, {
      path: ['forzar'],
      error: 'exige nombrar las tiendas en "tiendas"',
      when: ({ value }) => typeof value === 'object' && value !== null,
    });
}

/** Problems named in one message, and characters of each, at most: a payload may hold thousands, and megabytes. */
const MAX_NAMED = 20;
const MAX_PROBLEM_LENGTH = 200;

/**
 * The question that an event asks, alone; undefined when it asks for a run.
 * @throws SolicitudInvalida naming every problem.
 */
export function parseQuestion(event: unknown, catalogo: readonly Tienda[]): Accion | undefined {
  if (typeof event !== 'object' || event === null || !('accion' in event)) return undefined;
  const parsed = QuestionEventSchema.safeParse(event, EN_ESPANOL);
  if (!parsed.success) throw refusal(describeIssues(parsed.error), catalogo);
  return parsed.data.accion;
}

/**
 * The event of an invocation as a request.
 * @throws SolicitudInvalida naming every problem and the valid stores, before anything is touched.
 */
export function parseEvent(event: unknown, catalogo: readonly Tienda[]): Solicitud {
  if (typeof event === 'object' && event !== null && 'source' in event) {
    const parsed = ScheduledEventSchema.safeParse(event, EN_ESPANOL);
    if (!parsed.success) throw refusal(describeIssues(parsed.error), catalogo);
    return { origen: 'programada', dryRun: false, forzar: false, tiendas: allActivas(catalogo) };
  }
  return { origen: 'manual', ...parseRequest(event, catalogo) };
}

/**
 * What a person asks for, by event or by flags: `{ dryRun?, tiendas?, forzar? }`, strictly.
 * @throws SolicitudInvalida naming every problem and the valid stores.
 */
export function parseRequest(request: unknown, catalogo: readonly Tienda[]): Omit<Solicitud, 'origen'> {
  const parsed = createRequestSchema(catalogo).safeParse(request, EN_ESPANOL);
  if (!parsed.success) throw refusal(describeIssues(parsed.error), catalogo);
  const { dryRun, forzar, tiendas = allActivas(catalogo) } = parsed.data;
  return { dryRun, forzar, tiendas: [...new Set(tiendas)] };
}

/** The request as a person would repeat it: stores are named when they are not all, or are forced. */
export const toAskedRun = (
  { dryRun, forzar, tiendas }: Omit<Solicitud, 'origen'>,
  catalogo: readonly Tienda[],
): AskedRun => {
  const named = forzar || tiendas.length < activas(catalogo).length;
  return { dryRun, forzar, tiendas: named ? tiendas.map(({ id }) => id) : [] };
};

const activas = (catalogo: readonly Tienda[]): readonly Tienda[] => catalogo.filter(({ activa }) => activa);

/** Refuses a catalogue without active stores: the run would fail without a cause. */
function allActivas(catalogo: readonly Tienda[]): readonly Tienda[] {
  const tiendas = activas(catalogo);
  if (tiendas.length === 0) throw refusal(['el catálogo no tiene ninguna tienda activa'], catalogo);
  return tiendas;
}

function refusal(problemas: readonly string[], catalogo: readonly Tienda[]): SolicitudInvalida {
  const named = problemas.slice(0, MAX_NAMED).map((problema) => problema.slice(0, MAX_PROBLEM_LENGTH));
  if (problemas.length > MAX_NAMED) named.push(`… y ${problemas.length - MAX_NAMED} más`);
  const validas = activas(catalogo).map(({ id, nombre }) => `${id} (${nombre})`);
  return new SolicitudInvalida(
    `Solicitud inválida, no se tocó nada: ${named.join('; ')}. Tiendas válidas: ${validas.join(', ') || 'ninguna'}`,
  );
}
