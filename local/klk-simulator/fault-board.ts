import { KLK_FAULTS, VENTAS_FAULTS, isKlkFault, isVentasFault } from './faults.ts';
import type {
  FaultDetails,
  KlkBehaviour,
  KlkFault,
  KlkFaultSetting,
  VentasFault,
  VentasFaultSetting,
} from './faults.ts';

/** Which requests a fault applies to: the next `veces`, or those for sales of one day (`YYYY-MM-DD`). */
interface FaultLimits {
  veces?: number | undefined;
  dia?: string | undefined;
}

/** The faults that are switched on, by warehouse or branch. */
export interface FaultBoard {
  /**
   * Switches a fault on for one warehouse, one branch, or `*` for all. `undefined` switches it off, on all days unless one is named. A fault
   * of a branch applies to its sales, one of a warehouse to its stock, and one of `*` to both if both have a fault of that name.
   * @throws RangeError for an unknown fault, naming the known ones.
   */
  set: (
    codigo: string,
    setting: KlkFaultSetting | VentasFaultSetting | KlkBehaviour | undefined,
    limits?: number | FaultLimits,
  ) => void;
  /** Takes the fault for a request of these codes and days, and counts it as used. Faults of the first code come first, those of `*` last. */
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

/** Creates a board with every fault off. */
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
        // A fault of one day comes before one of all days.
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
