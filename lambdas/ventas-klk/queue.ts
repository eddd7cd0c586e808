import type { Lectura } from './plan.ts';

/** The slices that a run has yet to read, in order. */
export interface Queue {
  /** The next one; undefined when there is none. */
  next(): Promise<Lectura | undefined>;
  /** Takes these before all others. */
  putFirst(lecturas: readonly Lectura[]): void;
  /** Leaves the rest of a store for another run. */
  leave(tienda: string): void;
  /** Leaves, of a store's remaining slices, those that failed before for another run. */
  leaveFallidos(tienda: string): void;
  /** The slices that were not taken. */
  left(): readonly Lectura[];
}

/**
 * Queues a plan. Slices of one class and day that failed before form one group, the others another; within a group the stores alternate, so
 * that none waits behind another. `cut` splits the slices of a group that are too large, shortly before the group is taken.
 */
export function createQueue(
  plan: readonly Lectura[],
  cut: (lecturas: readonly Lectura[]) => Promise<readonly Lectura[]>,
): Queue {
  const groups = [
    ...groupBy(plan, (lectura) => `${lectura.clase} ${lectura.tramo.dia} ${failedBefore(lectura)}`).values(),
  ];
  const current: Lectura[] = [];
  const leftTiendas = new Set<string>();
  const leftFallidos = new Set<string>();
  const leftLecturas: Lectura[] = [];
  let advancing: Promise<void> | undefined;

  const takeUnlessLeft = (lecturas: readonly Lectura[]): Lectura[] => {
    const isLeft = (lectura: Lectura): boolean =>
      leftTiendas.has(lectura.tramo.tienda) ||
      (leftFallidos.has(lectura.tramo.tienda) && failedBefore(lectura));
    leftLecturas.push(...lecturas.filter(isLeft));
    return lecturas.filter((lectura) => !isLeft(lectura));
  };
  const advance = async (): Promise<void> => {
    const group = takeUnlessLeft(groups.shift() ?? []);
    // Kept in the list while it is cut, so that `left` includes it.
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
    leaveFallidos: (tienda) => {
      leftFallidos.add(tienda);
    },
    left: () => [...leftLecturas, ...current, ...groups.flat()],
  };
}

/** One slice of each store, then the next of each. */
function inTurn(lecturas: readonly Lectura[]): Lectura[] {
  const byTienda = [...groupBy(lecturas, ({ tramo }) => tramo.tienda).values()];
  const rounds = Math.max(0, ...byTienda.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => byTienda.flatMap((own) => own[round] ?? [])).flat();
}

/** Whether the last attempt of earlier runs at a slice failed. */
export const failedBefore = ({ tramo }: Lectura): boolean => tramo.errorCodigo !== null;

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
