import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { countOf, toLapse } from './amounts.ts';
import { describeLine } from './log-line.ts';
import type { LogLine } from './log-line.ts';

/** The list is redrawn this often without news, so that its spinner moves. */
const FRAME_MS = 120;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** A warehouse waits until KLK has room for its question. */
export const WAITING = 'en espera';
const ASKING = 'preguntando';

/** The phase that begins with a line of the log, and the counts of that line in words. */
const STEPS: Readonly<
  Record<string, { readonly fase: string; readonly counts?: (line: LogLine) => string }>
> = {
  [MENSAJES_ALMACEN.preguntando]: { fase: ASKING },
  [MENSAJES_ALMACEN.extraido]: {
    fase: 'transformando',
    counts: (line) => `${String(line['extraidos'])} extraídos`,
  },
  [MENSAJES_ALMACEN.transformado]: { fase: 'cargando', counts: describeTransformed },
  [MENSAJES_ALMACEN.validado]: { fase: 'simulado' },
  [MENSAJES_ALMACEN.cargado]: {
    fase: 'cargado',
    counts: (line) => `${String(line['inventario'])} en inventario`,
  },
  [MENSAJES_ALMACEN.fallido]: { fase: 'fallido', counts: (line) => String(line['codigo']) },
  [MENSAJES_ALMACEN.omitido]: { fase: 'omitido', counts: (line) => String(line['codigo']) },
};

function describeTransformed({ validos, rechazados }: LogLine): string {
  const rejected = rechazados === 0 ? '' : `, ${countOf(Number(rechazados), 'rechazo', 'rechazos')}`;
  return `${String(validos)} válidos${rejected}`;
}

const DONE: Readonly<Record<string, { readonly mark: string; readonly colour: 'green' | 'red' | 'yellow' }>> =
  {
    cargado: { mark: '✓', colour: 'green' },
    simulado: { mark: '✓', colour: 'green' },
    fallido: { mark: '✗', colour: 'red' },
    omitido: { mark: '-', colour: 'yellow' },
  };

/** A line of the list. */
export interface Item {
  readonly name: string;
  fase: string;
  counts: string;
  /** When KLK was asked, on the monotonic clock. */
  since?: number;
  /** How long it took, once it is done. */
  seconds?: number;
}

/** What a list shows of a run: its items, and how each line of the log changes them. */
export interface LiveView {
  readonly createItems: (tiendas: readonly Tienda[]) => Map<string, Item>;
  /** Puts the item of a line into its next phase; false for a line that concerns no item. */
  readonly move: (line: LogLine, items: ReadonlyMap<string, Item>) => boolean;
  /** The last line, without the time. */
  readonly describeAll: (items: readonly Item[]) => string;
  /** Whether a line is printed where there is no list. */
  readonly createTells: () => (line: LogLine) => boolean;
}

/** Each warehouse of the inventory with its phase. */
export const INVENTARIO_VIEW: LiveView = {
  createItems: (tiendas) =>
    new Map(
      tiendas.flatMap(({ id, nombre, almacenes }) =>
        almacenes.map(({ codigo }): [string, Item] => [
          codigo,
          { name: `${id} ${nombre} ${codigo}`, fase: WAITING, counts: '' },
        ]),
      ),
    ),
  move: (line, items) => {
    const item = items.get(line.almacen ?? '');
    const step = STEPS[line.message];
    if (item === undefined || step === undefined) return false;
    item.fase = step.fase;
    item.counts = step.counts?.(line) ?? '';
    // One that failed before KLK was asked has no duration.
    if (step.fase === ASKING) item.since = performance.now();
    if (DONE[step.fase] !== undefined && item.since !== undefined) item.seconds = secondsSince(item.since);
    return true;
  },
  describeAll: (items) => `${items.filter(({ fase }) => DONE[fase] !== undefined).length} de ${items.length}`,
  createTells: () => () => true,
};

/** A list that is redrawn in place on a terminal. */
export interface LiveList {
  /** Puts the item of a line into its next phase. A warning that concerns no item is kept above the list. */
  show(line: LogLine): void;
  /** Keeps a text above the list. */
  keep(text: string): void;
  /** Removes the list; the table of results follows. */
  end(): void;
}

/** Draws what the view shows of the stores, each line with its phase, its time and its counts, until it is ended. */
export function startLiveList(
  tiendas: readonly Tienda[],
  stream: NodeJS.WritableStream,
  view: LiveView = INVENTARIO_VIEW,
): LiveList {
  const draw = createLogUpdate(stream);
  const items = view.createItems(tiendas);
  const width = Math.max(...[...items.values()].map(({ name }) => name.length));
  const start = performance.now();
  let frame = 0;
  const markOf = (fase: string): string => {
    const done = DONE[fase];
    if (done !== undefined) return styleText(done.colour, done.mark, { stream });
    return fase === WAITING ? ' ' : (FRAMES[frame % FRAMES.length] ?? '');
  };
  const timeOf = ({ since, seconds }: Item): string =>
    since === undefined ? '' : toLapse(seconds ?? secondsSince(since));
  const redraw = (): void => {
    const all = [...items.values()];
    const lines = all.map((item) =>
      `${markOf(item.fase)} ${item.name.padEnd(width)}  ${item.fase.padEnd(13)}  ${timeOf(item).padStart(6)}  ${item.counts}`.trimEnd(),
    );
    draw([...lines, `${view.describeAll(all)}, ${toLapse(secondsSince(start))}`].join('\n'));
  };
  const timer = setInterval(() => {
    frame += 1;
    redraw();
  }, FRAME_MS);
  timer.unref();
  redraw();

  const keep = (text: string): void => {
    draw.clear();
    stream.write(`${text}\n`);
    redraw();
  };
  return {
    show: (line) => {
      if (view.move(line, items)) redraw();
      else if (line.level !== 'INFO') keep(describeLine(line));
    },
    keep,
    end: () => {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}

const secondsSince = (moment: number): number => (performance.now() - moment) / 1_000;
