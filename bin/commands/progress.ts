import { MENSAJE_RESUMEN } from '../../lambdas/core/config/contract.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { startLiveList } from './live-list.ts';
import type { LiveList } from './live-list.ts';
import { describeLine, parseLogLine } from './log-line.ts';

const METHODS = ['debug', 'info', 'warn', 'error', 'log'] as const;

/**
 * Runs `fn` and shows the pipeline's log on standard error: as JSON lines with `asJson`, as a live list of warehouses on a terminal,
 * else as plain lines. After an interruption only JSON lines are still written.
 */
export async function withProgress<T>(
  tiendas: readonly Tienda[],
  asJson: boolean,
  interrupted: AbortSignal,
  fn: () => Promise<T>,
): Promise<T> {
  const list = !asJson && canAnimate(process.stderr) ? startLiveList(tiendas, process.stderr) : undefined;
  // Powertools writes to the global console when this variable says so.
  process.env['POWERTOOLS_DEV'] = 'true';
  const write = (...values: unknown[]): void => {
    if (asJson || !interrupted.aborted) writeLine(values.join(' '), asJson, list);
  };
  interrupted.addEventListener('abort', () => {
    list?.end();
  });
  Object.assign(console, Object.fromEntries(METHODS.map((method) => [method, write])));
  try {
    return await fn();
  } finally {
    list?.end();
  }
}

/** The same conditions under which colours are shown. */
const canAnimate = (stream: NodeJS.WriteStream): boolean => stream.isTTY && stream.hasColors();

function writeLine(text: string, asJson: boolean, list: LiveList | undefined): void {
  const line = parseLogLine(text);
  if (asJson) process.stderr.write(`${line === undefined ? text : JSON.stringify(line)}\n`);
  else if (line?.message === MENSAJE_RESUMEN) return;
  else if (list === undefined) process.stderr.write(`${line === undefined ? text : describeLine(line)}\n`);
  else if (line === undefined) list.keep(text);
  else list.show(line);
}
