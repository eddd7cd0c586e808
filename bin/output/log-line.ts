import { z } from 'zod';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { MENSAJES_TRAMO } from '../../lambdas/ventas-klk/log.ts';

const LineSchema = z.looseObject({
  level: z.string(),
  message: z.string(),
  tienda: z.string().optional(),
  almacen: z.string().optional(),
  /** The slice, in the log of the sales. */
  dia: z.string().optional(),
  desde: z.string().optional(),
});

/** A line of the pipeline's log. */
export type LogLine = z.infer<typeof LineSchema>;

/** A printed text as a line of the log; undefined for anything else, such as a warning of Node's. */
export function parseLogLine(text: string): LogLine | undefined {
  try {
    return LineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // no JSON
  }
}

/** The other keys that are shown to a person, and their names. */
const SHOWN: Readonly<Record<string, string>> = {
  extraidos: 'extraídos',
  validos: 'válidos',
  rechazados: 'rechazos',
  duplicados: 'duplicados',
  inventario: 'inventario',
  historico: 'histórico',
  nuevas: 'nuevas',
  cambiadas: 'cambiadas',
  retiradas: 'retiradas',
  intento: 'intento',
  factura: 'factura',
  linea: 'línea',
  producto: 'producto',
  codigo: 'código',
  motivo: 'motivo',
  ms: 'ms',
};

const MARKS: Readonly<Record<string, string>> = { WARN: '!', ERROR: '✗' };

/** The end of the run repeats the reason of these, with the remedy. */
const REPEATED_AT_THE_END: ReadonlySet<string> = new Set([
  MENSAJES_ALMACEN.reintento,
  MENSAJES_ALMACEN.fallido,
  MENSAJES_ALMACEN.omitido,
  MENSAJES_TRAMO.fallido,
  MENSAJES_TRAMO.pendiente,
]);

/** A line of the log for a person. */
export function describeLine(line: LogLine): string {
  const details = Object.entries(SHOWN).flatMap(([key, name]) => {
    const value = line[key];
    if (key === 'motivo' && REPEATED_AT_THE_END.has(line.message)) return [];
    return typeof value === 'string' || typeof value === 'number' ? [`${name}=${value}`] : [];
  });
  const where =
    line.tienda === undefined
      ? ''
      : `${[line.tienda, line.almacen, line.dia, line.desde].filter((part) => part !== undefined).join(' ')}  `;
  return `${MARKS[line.level] ?? '·'} ${where}${line.message}${details.length > 0 ? `  ${details.join(' ')}` : ''}`;
}
