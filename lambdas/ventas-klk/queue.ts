import type { PlannedTramo } from './plan.ts';

/** The slices that a run has yet to read, in order. */
export interface Queue {
  /** The next one; undefined when there is none. */
  next(): Promise<PlannedTramo | undefined>;
  /** Takes these before all others. */
  putFirst(tramos: readonly PlannedTramo[]): void;
  /** Leaves the rest of a store for another run. */
  leave(tienda: string): void;
  /** Leaves, of a store's remaining slices, those that failed before for another run. */
  leaveFailed(tienda: string): void;
  /** The slices that were not taken. */
  left(): readonly PlannedTramo[];
}

/**
 * Queues a plan. Slices of one class and day that failed before form one group, the others another; within a group the stores alternate, so
 * that none waits behind another. `cut` splits the slices of a group that are too large, shortly before the group is taken.
 */
export function createQueue(
  plan: readonly PlannedTramo[],
  cut: (tramos: readonly PlannedTramo[]) => Promise<readonly PlannedTramo[]>,
): Queue {
  const groups = [
    ...groupBy(plan, (planned) => `${planned.clase} ${planned.tramo.dia} ${failedBefore(planned)}`).values(),
  ];
  const current: PlannedTramo[] = [];
  const leftTiendas = new Set<string>();
  const leftFailed = new Set<string>();
  const leftTramos: PlannedTramo[] = [];
  let advancing: Promise<void> | undefined;

  const takeUnlessLeft = (tramos: readonly PlannedTramo[]): PlannedTramo[] => {
    const isLeft = (planned: PlannedTramo): boolean =>
      leftTiendas.has(planned.tramo.tienda) ||
      (leftFailed.has(planned.tramo.tienda) && failedBefore(planned));
    leftTramos.push(...tramos.filter(isLeft));
    return tramos.filter((planned) => !isLeft(planned));
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
        const planned = takeUnlessLeft(current.splice(0, 1))[0];
        if (planned !== undefined) return planned;
        if (current.length > 0) continue;
        if (groups.length === 0) return undefined;
        await (advancing ??= advance().finally(() => (advancing = undefined)));
      }
    },
    putFirst: (tramos) => {
      current.unshift(...tramos);
    },
    leave: (tienda) => {
      leftTiendas.add(tienda);
    },
    leaveFailed: (tienda) => {
      leftFailed.add(tienda);
    },
    left: () => [...leftTramos, ...current, ...groups.flat()],
  };
}

/** One slice of each store, then the next of each. */
function inTurn(tramos: readonly PlannedTramo[]): PlannedTramo[] {
  const byTienda = [...groupBy(tramos, ({ tramo }) => tramo.tienda).values()];
  const rounds = Math.max(0, ...byTienda.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => byTienda.flatMap((own) => own[round] ?? [])).flat();
}

/** Whether the last attempt of earlier runs at a slice failed. */
export const failedBefore = ({ tramo }: PlannedTramo): boolean => tramo.errorCodigo !== null;

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
