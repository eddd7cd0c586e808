import type { LineaRow } from '../../lambdas/ventas-klk/transform/rows.ts';

/** What identifies a line within a store. */
export interface Linea {
  readonly factura: string;
  readonly linea: number;
}

/** A value that KLK and the database have differently, each as decimal text or as it is written. */
interface Difference {
  readonly columna: string;
  readonly klk: LineaRow[keyof LineaRow];
  readonly base: LineaRow[keyof LineaRow];
}

/** How the lines of KLK and those of the database differ. */
export interface Comparison {
  readonly iguales: number;
  /** KLK has them, the database does not. */
  readonly faltan: readonly Linea[];
  /** The database has them, KLK does not. */
  readonly sobran: readonly Linea[];
  readonly distintas: readonly (Linea & { readonly diferencias: readonly Difference[] })[];
}

/** Compares line by line and column by column. `apartadas` are lines that cannot be compared: the load keeps what it had of them. */
export function compareLineas(
  klk: readonly LineaRow[],
  base: readonly LineaRow[],
  apartadas: readonly { readonly numeroFactura: string | null; readonly linea: number | null }[],
): Comparison {
  const held = new Map(base.map((row) => [keyOf(row), row]));
  const told = new Map(klk.map((row) => [keyOf(row), row]));
  const pairs = klk.flatMap((row) => {
    const same = held.get(keyOf(row));
    return same === undefined ? [] : [{ ...toLinea(row), diferencias: findDifferences(row, same) }];
  });
  const distintas = pairs.filter(({ diferencias }) => diferencias.length > 0);
  return {
    iguales: pairs.length - distintas.length,
    faltan: klk.filter((row) => !held.has(keyOf(row))).map(toLinea),
    sobran: base.filter((row) => !told.has(keyOf(row)) && !isSetApart(row, apartadas)).map(toLinea),
    distintas,
  };
}

const keyOf = ({ numero_factura, linea }: LineaRow): string => `${numero_factura} ${linea}`;

const toLinea = ({ numero_factura: factura, linea }: LineaRow): Linea => ({ factura, linea });

/** Whether a line may be one that KLK sends but that cannot be read; one without a readable number may be any line. */
const isSetApart = (row: LineaRow, apartadas: Parameters<typeof compareLineas>[2]): boolean =>
  apartadas.some(
    ({ numeroFactura, linea }) =>
      (numeroFactura === null || numeroFactura === row.numero_factura) &&
      (linea === null || linea === row.linea),
  );

function findDifferences(klk: LineaRow, base: LineaRow): Difference[] {
  const inBase = new Map<string, LineaRow[keyof LineaRow]>(Object.entries(base));
  return Object.entries<LineaRow[keyof LineaRow]>({ ...klk }).flatMap(([columna, value]) => {
    const held = inBase.get(columna) ?? null;
    return held === value ? [] : [{ columna, klk: value, base: held }];
  });
}
