import { SILENCIOS } from '../core/klk/breaker.ts';
import type { Lectura } from './plan.ts';

/** The slices that a run has yet to read, in order. */
export interface Cola {
  /** The next one; undefined when there is none. */
  next(): Promise<Lectura | undefined>;
  /** Takes these before all others. */
  putFirst(lecturas: readonly Lectura[]): void;
  /** Leaves the rest of a store for another run. */
  leave(tienda: string): void;
  /** What nobody took. */
  left(): readonly Lectura[];
}

/**
 * Queues a plan. Within a class and day the stores take turns, so that none waits behind another; slices for which KLK gave no answer come
 * last of their store, so that they do not keep the others from being read. `cut` cuts what is too large, shortly before its turn.
 */
export function createCola(
  plan: readonly Lectura[],
  cut: (lecturas: readonly Lectura[]) => Promise<readonly Lectura[]>,
): Cola {
  const groups = [...groupBy(plan, ({ clase, tramo }) => `${clase} ${tramo.dia}`).values()];
  const current: Lectura[] = [];
  const leftTiendas = new Set<string>();
  const leftLecturas: Lectura[] = [];
  let advancing: Promise<void> | undefined;

  const takeUnlessLeft = (lecturas: readonly Lectura[]): Lectura[] => {
    const isLeft = ({ tramo }: Lectura): boolean => leftTiendas.has(tramo.tienda);
    leftLecturas.push(...lecturas.filter(isLeft));
    return lecturas.filter((lectura) => !isLeft(lectura));
  };
  const advance = async (): Promise<void> => {
    const group = takeUnlessLeft(groups.shift() ?? []);
    // While it is cut it is in no list, and must not be lost.
    groups.unshift(group);
    const parts = await cut(group);
    groups.shift();
    current.push(...inTurn(parts));
  };

  return {
    async next() {
      for (;;) {
        const lectura = takeUnlessLeft(current.splice(0, 1))[0];
        if (lectura !== undefined) return lectura;
        if (current.length > 0) continue;
        if (groups.length === 0) return undefined;
        await (advancing ??= advance().finally(() => (advancing = undefined)));
      }
    },
    putFirst: (lecturas) => {
      current.unshift(...lecturas);
    },
    leave: (tienda) => {
      leftTiendas.add(tienda);
    },
    left: () => [...leftLecturas, ...current, ...groups.flat()],
  };
}

/** One slice of each store, then the next of each. */
function inTurn(lecturas: readonly Lectura[]): Lectura[] {
  const byTienda = [...groupBy(lecturas, ({ tramo }) => tramo.tienda).values()].map((own) =>
    own.toSorted((a, b) => Number(isSilent(a)) - Number(isSilent(b))),
  );
  const rounds = Math.max(0, ...byTienda.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => byTienda.flatMap((own) => own[round] ?? [])).flat();
}

const isSilent = ({ tramo }: Lectura): boolean => SILENCIOS.some((codigo) => codigo === tramo.errorCodigo);

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
