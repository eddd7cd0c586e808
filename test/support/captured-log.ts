import { z } from 'zod';

/** A line of the product's logger, as far as the tests ask. */
const LineSchema = z.looseObject({
  message: z.string(),
  level: z.string(),
  ejecucionId: z.string().optional(),
});

export type LogLine = z.infer<typeof LineSchema>;

const METHODS = ['trace', 'debug', 'info', 'warn', 'error', 'log'] as const;

let printed: string[] = [];

/** From now on everything that is printed through the console of this test file is kept instead; Powertools follows with this variable. */
export function captureLog(): void {
  process.env['POWERTOOLS_DEV'] = 'true';
  const keep = (...values: unknown[]): void => void printed.push(values.map(String).join(' '));
  Object.assign(console, Object.fromEntries(METHODS.map((method) => [method, keep])));
}

/** All that was printed since the last call. */
export function takePrinted(): string[] {
  const taken = printed;
  printed = [];
  return taken;
}

/** The logger's own lines of what was printed. */
export function toLogLines(texts: readonly string[]): LogLine[] {
  return texts.flatMap((text) => (text.startsWith('{') ? [LineSchema.parse(JSON.parse(text))] : []));
}
