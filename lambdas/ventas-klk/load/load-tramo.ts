import { describeFila } from '../../core/errors/describe-fila.ts';
import { PipelineError } from '../../core/errors/errors.ts';
import type { Connection, Queryable } from '../../core/postgres/connection.ts';
import { loadPart } from '../../core/run/load-part.ts';
import type { Deadline } from '../../core/time/deadline.ts';
import { estadoAfter } from '../plan.ts';
import { findBadLines, findOtherDay, findSuspicion } from '../transform/guards.ts';
import type { Thresholds } from '../transform/guards.ts';
import type { LineaRow, RechazoVenta } from '../transform/rows.ts';
import { findFacturasAjenas } from './find-facturas.ts';
import { insertProductos } from './insert-productos.ts';
import {
  acceptTramo,
  confirmTramo,
  describeTramo,
  lockTramo,
  recountOthers,
  refuseAntiguo,
  waitForTramo,
} from './ledger.ts';
import type { AcceptedReading, TramoMark } from './ledger.ts';
import type { TramoReading } from './reading.ts';
import { replaceVentas } from './replace-ventas.ts';
import { sameSumas } from './sumas.ts';

/** What a load did to one slice, in lines. */
export interface LoadCounts {
  readonly nuevas: number;
  readonly cambiadas: number;
  readonly retiradas: number;
  /** Sum of the slice after the load, USD, as canonical decimal text. */
  readonly ventaTotal: string;
  /** Lines that the load itself rejected. */
  readonly rechazos: readonly RechazoVenta[];
  /** The suspicions that a person overruled; empty for none. */
  readonly forzados: readonly PipelineError[];
}

/**
 * Replaces the lines of one slice by those of an answer, and updates the slice's row in the ledger, in one transaction, as `loadPart` says;
 * undefined, with nothing changed, while another session holds a row that it needs.
 * @throws PipelineError `BD_*`, `TRAMO_ANTIGUO`, `KLK_OTRO_TRAMO`, `FILAS_MALAS`, `SOSPECHOSO_*`, `VERIFICACION_FALLIDA`, `COMMIT_INCIERTO`, or the deadline's reason
 */
export function loadTramo(
  connection: Connection,
  reading: TramoReading,
  thresholds: Thresholds,
  deadline: Deadline,
): Promise<LoadCounts | undefined> {
  const { tramo, ejecucionId } = reading;
  return loadPart(
    connection,
    {
      what: describeTramo(tramo),
      lock: (client) => lockTramo(client, tramo, ejecucionId),
      waitForLock: (client) => waitForTramo(client, tramo, ejecucionId),
      isAccepted: (_client, mark) => isAccepted(mark, reading),
      write: async (client, mark) => {
        refuseAntiguo(mark, reading);
        return (await confirm(client, reading, mark)) ?? (await replace(client, reading, mark, thresholds));
      },
    },
    deadline.signal,
  );
}

/** Whether this very answer was accepted before. */
const isAccepted = ({ leido, ejecucionId }: TramoMark, reading: TramoReading): boolean =>
  leido?.getTime() === reading.extraccion.getTime() && ejecucionId === reading.ejecucionId;

/** Writes only the ledger's row when the answer has the lines that the slice holds; undefined when it has others. */
async function confirm(
  client: Queryable,
  reading: TramoReading,
  mark: TramoMark,
): Promise<LoadCounts | undefined> {
  if (reading.rechazos.length > 0 || mark.huella !== reading.huella) return undefined;
  const sumas = await confirmTramo(client, toAcceptedReading(reading, mark, SIN_CAMBIOS));
  return sumas && { ...SIN_CAMBIOS, ventaTotal: sumas.ventaTotal };
}

const SIN_CAMBIOS = { nuevas: 0, cambiadas: 0, retiradas: 0, rechazos: [], forzados: [] };

async function replace(
  client: Queryable,
  received: TramoReading,
  mark: TramoMark,
  thresholds: Thresholds,
): Promise<LoadCounts> {
  const numeros = [...new Set(received.lineas.map(({ numero_factura }) => numero_factura))];
  const { enOtroDia, enOtroTramo } = await findFacturasAjenas(client, received.tramo, numeros);
  const rechazos = received.lineas
    .filter(({ numero_factura }) => enOtroDia.has(numero_factura))
    .map(toRechazo);
  const extraidos = received.lineas.length + received.rechazos.length;
  const otherDay = findOtherDay(rechazos.length, extraidos);
  if (otherDay !== undefined) throw otherDay;
  const bad =
    rechazos.length === 0
      ? undefined
      : findBadLines(
          { extraidos, rechazados: received.rechazos.length + rechazos.length },
          thresholds.badLines,
        );
  if (bad !== undefined && !received.forzar) throw bad;
  const reading: TramoReading = {
    ...received,
    lineas: received.lineas.filter(({ numero_factura }) => !enOtroDia.has(numero_factura)),
    rechazos: [...received.rechazos, ...rechazos],
    // A rejected line may be any of the absent lines under another invoice number, so none is removed.
    retirarAusentes: received.retirarAusentes && rechazos.length === 0,
  };
  // Sent together in one round trip. The server runs them in this order.
  const [, { esperadas, previas, movidas, ...cambios }] = await Promise.all([
    insertProductos(client, reading.productos),
    replaceVentas(client, reading, enOtroTramo),
  ]);
  const suspicion = findSuspicion(
    {
      cerrado: mark.seCerro,
      previas,
      ausentes: cambios.retiradas,
      vaciadasDelDia: mark.vaciadasDelDia,
      vacioRechazado: mark.vacioRechazado,
      extraidos,
    },
    thresholds,
  );
  if (suspicion !== undefined && !reading.forzar) throw suspicion;
  const sumas = await acceptTramo(client, toAcceptedReading(reading, mark, cambios));
  if (!sameSumas(sumas, esperadas)) {
    // The load of the other slice removed a line that this one was about to move. The next attempt finds it gone, and inserts it.
    if (movidas > 0) {
      throw new PipelineError(
        'BD_BLOQUEO',
        `Otra carga cambió líneas que pasan a ${describeTramo(reading.tramo)}`,
      );
    }
    throw new PipelineError(
      'VERIFICACION_FALLIDA',
      `Tras la carga ${describeTramo(reading.tramo)} tiene ${sumas.lineas} líneas por ${sumas.ventaTotal} USD y deben ser ${esperadas.lineas} por ${esperadas.ventaTotal} USD`,
    );
  }
  if (movidas > 0) await recountOthers(client, reading.tramo);
  return {
    ...cambios,
    ventaTotal: sumas.ventaTotal,
    rechazos,
    forzados: [bad, suspicion].filter((refusal) => refusal !== undefined),
  };
}

function toAcceptedReading(
  reading: TramoReading,
  mark: TramoMark,
  { nuevas, cambiadas, retiradas }: Pick<LoadCounts, 'nuevas' | 'cambiadas' | 'retiradas'>,
): AcceptedReading {
  const { tramo, extraccion: momento, huella } = reading;
  const rechazadas = reading.rechazos.length;
  const cambio = nuevas + cambiadas + retiradas > 0;
  const diaVacio = mark.restoVacio && reading.lineas.length === 0;
  const accepted = { momento, dia: tramo.dia, huella, rechazadas, cambio, diaVacio };
  return {
    reading,
    estado: estadoAfter(mark, accepted),
    // Without a fingerprint the next answer is compared line by line: the slice keeps the row of a rejected line.
    huella: rechazadas === 0 ? huella : null,
    rechazadas,
    cambio,
    retiradas,
  };
}

function toRechazo(linea: LineaRow): RechazoVenta {
  return {
    numeroFactura: linea.numero_factura,
    linea: linea.linea,
    producto: linea.producto_id,
    motivo: 'FACTURA_EN_OTRO_DIA',
    fila: describeFila(linea),
  };
}
