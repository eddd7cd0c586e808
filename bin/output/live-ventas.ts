import { MENSAJES_TRAMO } from '../../lambdas/ventas-klk/log.ts';
import { countOf } from './amounts.ts';
import { WAITING } from './live-list.ts';
import type { Item, LiveView } from './live-list.ts';
import type { LogLine } from './log-line.ts';

/** The messages after which a slice is done. */
const DONE: ReadonlySet<string> = new Set([
  MENSAJES_TRAMO.cargado,
  MENSAJES_TRAMO.igual,
  MENSAJES_TRAMO.validado,
  MENSAJES_TRAMO.fallido,
]);

const ASKING = MENSAJES_TRAMO.preguntando;

/** A store of the list, with the sums of its slices. */
interface ItemTienda extends Item {
  tramos: number;
  nuevas: number;
  fallidos: number;
}

/** Each store of the sales with the slice that was asked for last, and how many are done. */
export const createVentasView = (): LiveView => {
  const stores = new Map<string, ItemTienda>();
  return {
    createItems: (tiendas) => {
      for (const { id, nombre } of tiendas) {
        stores.set(id, {
          name: `${id} ${nombre}`,
          fase: WAITING,
          counts: '',
          tramos: 0,
          nuevas: 0,
          fallidos: 0,
        });
      }
      return stores;
    },
    move: (line) => {
      const item = stores.get(line.tienda ?? '');
      if (item === undefined || (line.message !== ASKING && !DONE.has(line.message))) return false;
      moveItem(item, line);
      return true;
    },
    describeAll: () => {
      const tramos = [...stores.values()].reduce((sum, item) => sum + item.tramos, 0);
      return countOf(tramos, 'tramo', 'tramos');
    },
    createTells: () => {
      const told = new Set<string>();
      return (line) => isWorthTelling(line, told);
    },
  };
};

function moveItem(item: ItemTienda, line: LogLine): void {
  if (line.message === ASKING) {
    item.since ??= performance.now();
    item.fase = `${line.dia?.slice(5) ?? ''} ${line.desde ?? ''}`;
  } else {
    item.tramos += 1;
    item.nuevas += Number(line['nuevas'] ?? 0);
    if (line.message === MENSAJES_TRAMO.fallido) item.fallidos += 1;
  }
  item.counts = [
    countOf(item.tramos, 'tramo', 'tramos'),
    ...(item.nuevas > 0 ? [countOf(item.nuevas, 'línea nueva', 'líneas nuevas')] : []),
    ...(item.fallidos > 0 ? [countOf(item.fallidos, 'fallido', 'fallidos')] : []),
  ].join(', ');
}

/** One line for each day of a store: a line for each of hundreds of slices would hide the others. */
function isWorthTelling({ level, message, tienda, dia }: LogLine, told: Set<string>): boolean {
  if (level !== 'INFO' || tienda === undefined || dia === undefined) return true;
  const day = `${tienda} ${dia}`;
  if (message === ASKING || told.has(day)) return false;
  told.add(day);
  return true;
}
