import { z } from 'zod';
import { MENSAJE_RESUMEN } from '../../lambdas/inventario-klk/contract.ts';

const LineSchema = z.looseObject({
  level: z.string(),
  message: z.string(),
  tienda: z.string().optional(),
  almacen: z.string().optional(),
});

type Line = z.infer<typeof LineSchema>;

const METHODS = ['debug', 'info', 'warn', 'error', 'log'] as const;

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

/**
 * Sends the pipeline's log lines to standard error: as they are, one JSON object a line, or as progress for a person.
 * Powertools writes to the global console when this variable says so.
 */
export function redirectLogs(asJson: boolean): void {
  process.env['POWERTOOLS_DEV'] = 'true';
  const write = (...values: unknown[]): void => {
    process.stderr.write(asJson ? compact(values) : progress(values));
  };
  Object.assign(console, Object.fromEntries(METHODS.map((method) => [method, write])));
}

const parseLine = ([text]: readonly unknown[]): Line | undefined => {
  try {
    return LineSchema.safeParse(JSON.parse(String(text))).data;
  } catch {
    return undefined; // not a line of the logger's: shown as it is
  }
};

function compact(values: readonly unknown[]): string {
  const line = parseLine(values);
  return `${line === undefined ? values.join(' ') : JSON.stringify(line)}\n`;
}

function progress(values: readonly unknown[]): string {
  const line = parseLine(values);
  if (line === undefined) return `${values.join(' ')}\n`;
  if (line.message === MENSAJE_RESUMEN) return '';
  const details = SHOWN.flatMap((key) => {
    const value = line[key];
    return typeof value === 'string' || typeof value === 'number' ? [`${key}=${value}`] : [];
  });
  const where = line.tienda === undefined ? '' : `${line.tienda} ${line.almacen ?? ''}  `;
  return `${MARKS[line.level] ?? '·'} ${where}${line.message}${details.length > 0 ? `  ${details.join(' ')}` : ''}\n`;
}
