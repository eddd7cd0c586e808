/** One guard of the product, and how it is taken away. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly original: string;
  readonly mutated: string;
  /** Which test files are asked, as jest's pattern. */
  readonly tests: string;
}

/** A file of the load. */
export const lambda = (path: string): string => `lambdas/inventario-klk/${path}`;
