import pLimit from 'p-limit';

/** A product, as far as the queue knows it. */
interface Producto {
  readonly codigo: string;
}

/**
 * The first load of a run that carries a product sets its attributes for the whole run. Loads with products that no load of the run has set
 * yet therefore run one at a time.
 */
export interface ProductQueue {
  /** The products that no load of this run has set yet. */
  unset<P extends Producto>(productos: readonly P[]): readonly P[];
  /** Records that a committed load has set these. */
  markSet(productos: readonly Producto[]): void;
  /** Runs a load; one that brings products waits until those before it are done. */
  run<T>(productos: readonly Producto[], load: () => Promise<T>): Promise<T>;
}

/** An empty queue of one run. */
export function createProductQueue(): ProductQueue {
  const oneAtATime = pLimit(1);
  const set = new Set<string>();
  const unset = <P extends Producto>(productos: readonly P[]): readonly P[] =>
    productos.filter(({ codigo }) => !set.has(codigo));
  const bringsProducts = (productos: readonly Producto[]): boolean => unset(productos).length > 0;
  return {
    unset,
    markSet: (productos) => {
      for (const { codigo } of productos) set.add(codigo);
    },
    run: async (productos, load) => {
      if (!bringsProducts(productos)) return load();
      // A load that had to wait may find that another one has set all its products.
      const queued = await oneAtATime(async () =>
        bringsProducts(productos) ? { loaded: await load() } : undefined,
      );
      return queued === undefined ? load() : queued.loaded;
    },
  };
}
