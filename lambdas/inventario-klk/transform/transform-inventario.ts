import { describeFila, MAX_FILAS_RECHAZADAS } from '../../core/errors/describe-fila.ts';
import { parseArticulo } from './parse-articulo.ts';
import type { ArticuloParsed, InventarioRow, MotivoRechazo, ProductoRow } from './parse-articulo.ts';
import { nameCampos } from '../../core/klk/texto.ts';

/** A row that was not loaded. `codigo` is null when it could not be read. */
export interface Rechazo {
  readonly codigo: string | null;
  readonly motivo: MotivoRechazo;
  /** The row as text, abridged; empty after the first `MAX_FILAS_RECHAZADAS`. */
  readonly fila: string;
}

/** Rows ready to load, and what was rejected or repaired. */
export interface Transformed {
  readonly productos: readonly ProductoRow[];
  readonly inventario: readonly InventarioRow[];
  readonly rechazos: readonly Rechazo[];
  /** Rows dropped because another row of the same article has the same stock. */
  readonly duplicados: number;
  /** Rows whose stock loads with a NULL price or tax, because it was missing or unreadable. */
  readonly preciosIlegibles: number;
  /** Texts in which characters were replaced, or that were no text at all. */
  readonly textosLimpiados: number;
  readonly camposDesconocidos: readonly string[];
}

type Accepted = Extract<ArticuloParsed, { producto: ProductoRow }>;

/**
 * The rows of one answer of KLK as rows of ours. Every row received is exactly one of: an inventory row, a rejection, or a
 * duplicate. An article with a rejected row is rejected whole, because it is unknown which of its rows is right.
 */
export function transformInventario(articulos: readonly unknown[]): Transformed {
  const byCodigo = new Map<string, { fila: unknown; parsed: ArticuloParsed }[]>();
  const rechazos: Rechazo[] = [];
  const refuse = (codigo: string | null, motivo: MotivoRechazo, fila: unknown): void => {
    const kept = rechazos.length < MAX_FILAS_RECHAZADAS;
    rechazos.push({ codigo, motivo, fila: kept ? describeFila(fila) : '' });
  };
  for (const fila of articulos) {
    const parsed = parseArticulo(fila);
    const codigo = 'producto' in parsed ? parsed.producto.codigo : parsed.codigo;
    if (codigo === null) {
      if ('motivo' in parsed) refuse(codigo, parsed.motivo, fila);
      continue;
    }
    const rows = byCodigo.get(codigo);
    if (rows === undefined) byCodigo.set(codigo, [{ fila, parsed }]);
    else rows.push({ fila, parsed });
  }

  const aceptados: Accepted[] = [];
  let duplicados = 0;
  for (const [codigo, rows] of byCodigo) {
    const chosen = chooseRow(rows.map(({ parsed }) => parsed));
    if (chosen === undefined) {
      for (const { fila, parsed } of rows) {
        refuse(codigo, 'motivo' in parsed ? parsed.motivo : 'EXISTENCIA_CONTRADICTORIA', fila);
      }
    } else {
      aceptados.push(chosen);
      duplicados += rows.length - 1;
    }
  }
  return assemble(aceptados, rechazos, duplicados);
}

/** Of rows that agree on the stock, the one with the smallest barcode; undefined when any is rejected or they disagree. */
function chooseRow(rows: readonly ArticuloParsed[]): Accepted | undefined {
  let chosen: Accepted | undefined;
  for (const row of rows) {
    if (!('producto' in row)) return undefined;
    if (chosen !== undefined && row.inventario.cantidad !== chosen.inventario.cantidad) return undefined;
    if (chosen === undefined || goesBefore(row, chosen)) chosen = row;
  }
  return chosen;
}

/** The smaller barcode goes first, none goes last; then the other texts decide, so that the order of the rows does not matter. */
function goesBefore(row: Accepted, other: Accepted): boolean {
  const [barra, otherBarra] = [row.producto.codigo_barras, other.producto.codigo_barras];
  if (barra !== otherBarra) return otherBarra === null || (barra !== null && barra < otherBarra);
  const otherTexts = textsOf(other);
  for (const [index, text] of textsOf(row).entries()) {
    const otherText = otherTexts[index] ?? '';
    if (text !== otherText) return text < otherText;
  }
  return false;
}

/** A list, not one joined text, so that the comparison stops at the first difference. */
const textsOf = ({ producto, inventario, textosLimpiados, camposDesconocidos }: Accepted): string[] => [
  ...Object.values(producto).map((texto: string | null) => texto ?? ''),
  ...Object.values(inventario).map((texto: string | null) => texto ?? ''),
  String(textosLimpiados),
  ...camposDesconocidos,
];

function assemble(
  aceptados: readonly Accepted[],
  rechazos: readonly Rechazo[],
  duplicados: number,
): Transformed {
  // Code order makes two loads over shared products lock rows in the same order.
  const sorted = aceptados.toSorted((a, b) => (a.producto.codigo < b.producto.codigo ? -1 : 1));
  const productos: ProductoRow[] = sorted.map(({ producto }) => producto);
  const inventario: InventarioRow[] = sorted.map(({ inventario }) => inventario);
  const campos = new Set(sorted.flatMap(({ camposDesconocidos }) => camposDesconocidos));
  return {
    productos,
    inventario,
    rechazos,
    duplicados,
    preciosIlegibles: sorted.filter(({ precioIlegible }) => precioIlegible).length,
    textosLimpiados: sorted.reduce((total, { textosLimpiados }) => total + textosLimpiados, 0),
    camposDesconocidos: nameCampos(campos),
  };
}
