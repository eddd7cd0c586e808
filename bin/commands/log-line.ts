import { z } from 'zod';

const LineSchema = z.looseObject({
  level: z.string(),
  message: z.string(),
  tienda: z.string().optional(),
  almacen: z.string().optional(),
});

/** A line of the pipeline's log. */
export type LogLine = z.infer<typeof LineSchema>;

/** What was printed as a line of the log; undefined for anything else, such as a warning of Node's. */
export function parseLogLine(text: string): LogLine | undefined {
  try {
    return LineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // no JSON
  }
}

/** Of a line's other keys, those that say something to the person who watches. */
const SHOWN = [
  'extraidos',
  'validos',
  'rechazados',
  'duplicados',
  'inventario',
  'historico',
  'intento',
  'producto',
  'codigo',
  'motivo',
  'ms',
];

const MARKS: Readonly<Record<string, string>> = { WARN: '!', ERROR: '✗' };

/** A line of the log for a person. */
export function describeLine(line: LogLine): string {
  const details = SHOWN.flatMap((key) => {
    const value = line[key];
    return typeof value === 'string' || typeof value === 'number' ? [`${key}=${value}`] : [];
  });
  const where = line.tienda === undefined ? '' : `${line.tienda} ${line.almacen ?? ''}  `;
  return `${MARKS[line.level] ?? '·'} ${where}${line.message}${details.length > 0 ? `  ${details.join(' ')}` : ''}`;
}
