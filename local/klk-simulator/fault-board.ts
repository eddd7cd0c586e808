import { KLK_FAULTS, VENTAS_FAULTS, isKlkFault, isVentasFault } from './faults.ts';
import type {
  FaultDetails,
  KlkBehaviour,
  KlkFault,
  KlkFaultSetting,
  VentasFault,
  VentasFaultSetting,
} from './faults.ts';

/** For how long a fault lasts: so many requests, only requests for sales of one day (`YYYY-MM-DD`). */
interface FaultLimits {
  veces?: number | undefined;
  dia?: string | undefined;
}

/** Which fault is switched on for which warehouse or branch. */
export interface FaultBoard {
  /**
   * For one warehouse, one branch, or `*` for all; `undefined` switches it off, on all days unless one is named. A branch's
   * fault is one of its sales, a warehouse's one of its stock, and one of `*` both, where they have such a fault.
   * @throws RangeError naming the known faults, where there is none of that name.
   */
  set: (
    codigo: string,
    setting: KlkFaultSetting | VentasFaultSetting | KlkBehaviour | undefined,
    limits?: number | FaultLimits,
  ) => void;
  /** The fault for a request of these codes and days, counted as used. The first code's goes first, `*` last. */
  take: <F extends KlkFault | VentasFault>(
    codigos: readonly string[],
    isOwn: (tipo: string) => tipo is F,
    dias?: readonly string[],
  ) => FaultDetails<F> | KlkBehaviour | undefined;
}

interface Entry {
  codigo: string;
  dia: string | undefined;
  fault: FaultDetails<KlkFault | VentasFault> | KlkBehaviour;
  veces: number;
}

/** A board with every fault off. */
export function createFaultBoard(): FaultBoard {
  let entries: Entry[] = [];
  const count = (entry: Entry): void => {
    entry.veces -= 1;
    if (entry.veces === 0) entries = entries.filter((other) => other !== entry);
  };
  return {
    set: (codigo, setting, limits = {}) => {
      const { veces = Infinity, dia } = typeof limits === 'number' ? { veces: limits } : limits;
      const isReplaced = (entry: Entry): boolean =>
        entry.codigo === codigo && (entry.dia === dia || (setting === undefined && dia === undefined));
      entries = entries.filter((entry) => !isReplaced(entry));
      if (setting === undefined || veces <= 0) return;
      const fault = typeof setting === 'string' ? { tipo: setting } : setting;
      if (typeof fault !== 'function') refuseUnknown(fault.tipo);
      entries.push({ codigo, dia, fault, veces });
    },
    take: (codigos, isOwn, dias = []) => {
      for (const codigo of [...codigos, '*']) {
        // The fault of a day goes before that of any day.
        for (const dia of [...dias, undefined]) {
          const entry = entries.find((found) => found.codigo === codigo && found.dia === dia);
          if (entry === undefined) continue;
          const { fault } = entry;
          if (typeof fault === 'function') {
            if (codigo !== codigos[0]) continue;
            count(entry);
            return fault;
          }
          const { tipo } = fault;
          if (!isOwn(tipo)) continue;
          count(entry);
          return { ...fault, tipo };
        }
      }
      return undefined;
    },
  };
}

function refuseUnknown(tipo: string): void {
  if (isKlkFault(tipo) || isVentasFault(tipo)) return;
  const known = Object.keys({ ...KLK_FAULTS, ...VENTAS_FAULTS }).join(', ');
  throw new RangeError(`no existe la falla "${tipo}"; existen: ${known}`);
}
