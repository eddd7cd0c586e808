/** One guard of the product, and the edit that removes it. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly original: string;
  readonly mutated: string;
  /** The test files that may notice, as jest's pattern. */
  readonly tests: string;
}

/** A file of the load. */
export const lambda = (path: string): string => `lambdas/inventario-klk/${path}`;
