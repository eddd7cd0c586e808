import { z } from 'zod';
import type { Tienda } from './catalogo.ts';
import { describeIssues, EN_ESPANOL } from './issues.ts';
import { SolicitudInvalida } from './refusals.ts';
import type { Origen } from './summary.ts';

/** What a run was asked to do, validated against the catalogue. */
export interface Solicitud {
  readonly origen: Origen;
  readonly dryRun: boolean;
  /** Accept what the guards would call suspicious, for the stores named. */
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

const ManualEventSchema = z.strictObject({
  dryRun: z.boolean().default(false),
  tiendas: z.array(z.string()).min(1, 'la lista está vacía; quítela para pedir todas').optional(),
  forzar: z.boolean().default(false),
});

/** Unknown stores named in one message, at most; a payload may hold thousands. */
const MAX_NAMED = 20;

/**
 * The event of an invocation as a request.
 * @throws SolicitudInvalida naming every problem and the valid stores, before anything is touched.
 */
export function parseEvent(event: unknown, catalogo: readonly Tienda[]): Solicitud {
  if (typeof event === 'object' && event !== null && 'source' in event) {
    const parsed = ScheduledEventSchema.safeParse(event, EN_ESPANOL);
    if (!parsed.success) throw refusal(describeIssues(parsed.error), catalogo);
    return { origen: 'programada', dryRun: false, forzar: false, tiendas: activas(catalogo) };
  }
  return { origen: 'manual', ...parseRequest(event, catalogo) };
}

/**
 * What a person asks for, by event or by flags: `{ dryRun?, tiendas?, forzar? }`, strictly.
 * @throws SolicitudInvalida naming every problem and the valid stores.
 */
export function parseRequest(request: unknown, catalogo: readonly Tienda[]): Omit<Solicitud, 'origen'> {
  const parsed = ManualEventSchema.safeParse(request, EN_ESPANOL);
  if (!parsed.success) throw refusal(describeIssues(parsed.error), catalogo);
  const { dryRun, forzar, tiendas: ids } = parsed.data;
  if (ids === undefined) {
    if (forzar) throw refusal(['forzar: exige nombrar las tiendas en "tiendas"'], catalogo);
    return { dryRun, forzar, tiendas: activas(catalogo) };
  }
  return { dryRun, forzar, tiendas: select(new Set(ids), catalogo) };
}

function select(ids: ReadonlySet<string>, catalogo: readonly Tienda[]): readonly Tienda[] {
  const byId = new Map(catalogo.map((tienda) => [tienda.id, tienda]));
  const selected: Tienda[] = [];
  const problemas: string[] = [];
  for (const id of ids) {
    const tienda = byId.get(id);
    if (tienda === undefined) problemas.push(`tiendas: no existe ${JSON.stringify(id.slice(0, 60))}`);
    else if (!tienda.activa) problemas.push(`tiendas: ${id} (${tienda.nombre}) está inactiva`);
    else selected.push(tienda);
  }
  if (problemas.length > 0) throw refusal(problemas, catalogo);
  return selected;
}

const activas = (catalogo: readonly Tienda[]): readonly Tienda[] => catalogo.filter(({ activa }) => activa);

function refusal(problemas: readonly string[], catalogo: readonly Tienda[]): SolicitudInvalida {
  const named = problemas.slice(0, MAX_NAMED);
  if (problemas.length > MAX_NAMED) named.push(`… y ${problemas.length - MAX_NAMED} problemas más`);
  const validas = activas(catalogo).map(({ id, nombre }) => `${id} (${nombre})`);
  return new SolicitudInvalida(
    `Solicitud inválida, no se tocó nada: ${named.join('; ')}. Tiendas válidas: ${validas.join(', ')}`,
  );
}
