import { MENSAJE_RESUMEN, MENSAJE_RESUMEN_VENTAS } from '../../lambdas/core/config/contract.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { startLiveList, INVENTARIO_VIEW } from './live-list.ts';
import type { LiveList, LiveView } from './live-list.ts';
import { describeLine, parseLogLine } from './log-line.ts';
import type { LogLine } from './log-line.ts';

const METHODS = ['debug', 'info', 'warn', 'error', 'log'] as const;

/**
 * Runs `fn` and shows the pipeline's log on standard error: as JSON lines with `asJson`, as a live list on a terminal, else as plain
 * lines. After an interruption only JSON lines are still written.
 */
export async function withProgress<T>(
  tiendas: readonly Tienda[],
  asJson: boolean,
  interrupted: AbortSignal,
  fn: () => Promise<T>,
  view: LiveView = INVENTARIO_VIEW,
): Promise<T> {
  const list =
    !asJson && canAnimate(process.stderr) ? startLiveList(tiendas, process.stderr, view) : undefined;
  const tells = view.createTells();
  // Powertools writes to the global console when this variable says so.
  process.env['POWERTOOLS_DEV'] = 'true';
  const write = (...values: unknown[]): void => {
    if (asJson || !interrupted.aborted) writeLine(values.join(' '), asJson, list, tells);
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

function writeLine(
  text: string,
  asJson: boolean,
  list: LiveList | undefined,
  tells: (line: LogLine) => boolean,
): void {
  const line = parseLogLine(text);
  if (asJson) process.stderr.write(`${line === undefined ? text : JSON.stringify(line)}\n`);
  else if (line?.message === MENSAJE_RESUMEN || line?.message === MENSAJE_RESUMEN_VENTAS) return;
  else if (list === undefined) {
    if (line === undefined || tells(line))
      process.stderr.write(`${line === undefined ? text : describeLine(line)}\n`);
  } else if (line === undefined) list.keep(text);
  else list.show(line);
}
