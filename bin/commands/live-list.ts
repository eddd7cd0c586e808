import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { Tienda } from '../../lambdas/inventario-klk/catalogo.ts';
import { describeLine } from './log-line.ts';
import type { LogLine } from './log-line.ts';

/** How often the list is drawn while nothing new is known, so that one sees that it lives. */
const FRAME_MS = 120;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** The phase that follows a line of the log, and the keys of that line worth showing. */
const STEPS: Readonly<Record<string, { readonly fase: string; readonly counts: readonly string[] }>> = {
  'Inventario extraído': { fase: 'transformación', counts: ['extraidos'] },
  'Inventario transformado': { fase: 'carga', counts: ['validos', 'rechazados'] },
  'Inventario validado': { fase: 'simulado', counts: [] },
  'Inventario cargado': { fase: 'cargado', counts: ['inventario', 'historico'] },
  'Almacén fallido': { fase: 'fallido', counts: ['codigo'] },
  'Almacén omitido': { fase: 'omitido', counts: ['codigo'] },
};

const DONE: Readonly<Record<string, { readonly mark: string; readonly colour: 'green' | 'red' | 'yellow' }>> =
  {
    cargado: { mark: '✓', colour: 'green' },
    simulado: { mark: '✓', colour: 'green' },
    fallido: { mark: '✗', colour: 'red' },
    omitido: { mark: '-', colour: 'yellow' },
  };

interface Item {
  readonly name: string;
  fase: string;
  counts: string;
}

/** A list of warehouses that is drawn over and over on a terminal. */
export interface LiveList {
  /** Moves a warehouse on; what else is worth knowing is kept above the list. */
  show(line: LogLine): void;
  /** Keeps a text above the list. */
  keep(text: string): void;
  /** Takes the list away: the table of results says the same, and more. */
  end(): void;
}

/** Draws the stores' warehouses, each with its phase and counts, until it is ended. */
export function startLiveList(tiendas: readonly Tienda[], stream: NodeJS.WritableStream): LiveList {
  const draw = createLogUpdate(stream);
  const items = new Map(
    tiendas.flatMap(({ id, nombre, almacenes }) =>
      almacenes.map(({ codigo }): [string, Item] => [
        codigo,
        { name: `${id} ${nombre} ${codigo}`, fase: 'extracción', counts: '' },
      ]),
    ),
  );
  const width = Math.max(...[...items.values()].map(({ name }) => name.length));
  let frame = 0;
  const markOf = (fase: string): string => {
    const done = DONE[fase];
    return done === undefined
      ? (FRAMES[frame % FRAMES.length] ?? '')
      : styleText(done.colour, done.mark, { stream });
  };
  const redraw = (): void => {
    const lines = [...items.values()].map(
      ({ name, fase, counts }) => `${markOf(fase)} ${name.padEnd(width)}  ${fase.padEnd(14)}  ${counts}`,
    );
    draw(lines.join('\n'));
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
      const item = items.get(line.almacen ?? '');
      const step = STEPS[line.message];
      if (item === undefined || step === undefined) {
        if (line.level !== 'INFO') keep(describeLine(line));
        return;
      }
      item.fase = step.fase;
      item.counts = step.counts.map((key) => `${key} ${String(line[key])}`).join(', ');
      redraw();
    },
    keep,
    end: () => {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}
