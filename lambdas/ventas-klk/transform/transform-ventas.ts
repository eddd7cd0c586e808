import { hash } from 'node:crypto';
import { describeFila, MAX_FILAS_RECHAZADAS } from '../../core/errors/describe-fila.ts';
import { nameCampos, parseTexto, SIN_CATEGORIA } from '../../core/klk/texto.ts';
import { toMinutos } from '../tramo.ts';
import type { Tramo } from '../tramo.ts';
import { addUnknown, parseLinea } from './parse-linea.ts';
import type { Accepted, ProductoKlk, Rejected } from './parse-linea.ts';
import type { LineaRow, ProductoVentaRow, RechazoVenta, Transformed } from './rows.ts';

/** A line as received, and parsed. */
interface ReadLine {
  readonly fila: unknown;
  readonly parsed: Accepted | Rejected;
}

/**
 * The lines of one answer of KLK as rows of ours. Every line of the slice is exactly one of: a row, a rejection, or a duplicate. Lines of
 * one number that are not all equal are rejected together, because it is unknown which one is right.
 * @throws PipelineError `KLK_OTRO_TRAMO`, `KLK_OTRO_ALMACEN` when a line shows that the answer is not the one asked for
 */
export function transformVentas(
  filas: readonly unknown[],
  {
    tramo,
    tiendaDeAlmacen,
  }: { readonly tramo: Tramo; readonly tiendaDeAlmacen: ReadonlyMap<string, string> },
): Transformed {
  const asked = {
    tramo,
    desde: toMinutos(tramo.desde) * 60,
    hasta: toMinutos(tramo.hasta) * 60,
    tiendaDeAlmacen,
  };
  const rechazos: RechazoVenta[] = [];
  const reject = ({ fila, parsed }: ReadLine): void => {
    const kept = rechazos.length < MAX_FILAS_RECHAZADAS;
    rechazos.push({ ...toRejected(parsed), fila: kept ? describeFila(fila) : '' });
  };
  const byNumber = new Map<string, ReadLine[]>();
  const campos = new Set<string>();
  let extraidos = 0;
  for (const fila of filas) {
    const parsed = parseLinea(fila, asked);
    if (parsed === undefined) continue;
    extraidos += 1;
    addUnknown(fila, campos);
    const number = numberOf(parsed);
    const leidas = number === undefined ? undefined : byNumber.get(number);
    if (number === undefined) reject({ fila, parsed });
    else if (leidas === undefined) byNumber.set(number, [{ fila, parsed }]);
    else leidas.push({ fila, parsed });
  }
  const identidadIlegible = rechazos.length > 0;

  const lineas: LineaRow[] = [];
  const productos: Productos = new Map();
  let duplicados = 0;
  for (const leidas of byNumber.values()) {
    const equal = asEqual(leidas);
    const [first] = equal;
    if (first === undefined) {
      for (const leida of leidas) reject(leida);
      continue;
    }
    lineas.push(first.row);
    duplicados += equal.length - 1;
    for (const { row, producto } of equal) addProducto(productos, row.producto_id, producto);
  }
  lineas.sort((a, b) => compare(a.numero_factura, b.numero_factura) || a.linea - b.linea);
  return {
    extraidos,
    lineas,
    productos: [...productos.values()].map(({ row }) => row).sort((a, b) => compare(a.codigo, b.codigo)),
    rechazos,
    duplicados,
    identidadIlegible,
    huella: fingerprint(lineas),
    camposDesconocidos: nameCampos(campos),
  };
}

/** What identifies a line within a store; undefined when it cannot be read. */
function numberOf(parsed: Accepted | Rejected): string | undefined {
  if ('row' in parsed) return `${parsed.row.numero_factura} ${parsed.row.linea}`;
  const { numeroFactura, linea } = parsed;
  return numeroFactura === null || linea === null ? undefined : `${numeroFactura} ${linea}`;
}

/** Lines of one number when all can be loaded and are equal; else none. */
function asEqual(leidas: readonly ReadLine[]): readonly Accepted[] {
  const aceptadas = leidas.flatMap(({ parsed }) => ('row' in parsed ? [parsed] : []));
  if (aceptadas.length < leidas.length) return [];
  const [first, ...others] = aceptadas;
  return first === undefined || others.every(({ row }) => toText(row) === toText(first.row)) ? aceptadas : [];
}

function toRejected(parsed: Accepted | Rejected): Rejected {
  if ('motivo' in parsed) return parsed;
  const { numero_factura: numeroFactura, linea, producto_id: producto } = parsed.row;
  return { motivo: 'LINEA_CONTRADICTORIA', numeroFactura, linea, producto };
}

/** No text of a row holds a control character. */
const toText = (row: LineaRow | ProductoVentaRow): string => Object.values(row).join('\x1f');

/**
 * Two answers count as equal when their fingerprints are, so it is a SHA-256; half of it is enough and keeps the ledger small. A new column
 * changes every fingerprint: each slice is then compared line by line once.
 */
const fingerprint = (lineas: readonly LineaRow[]): string =>
  hash('sha256', lineas.map(toText).join('\n')).slice(0, 32);

/** Articles by code, with the description that was chosen. */
type Productos = Map<string, { readonly klk: ProductoKlk; readonly row: ProductoVentaRow }>;

const DESCRIPCION = [
  'codigo_barras',
  'descripcion_producto',
  'categoria_producto',
  'grupo_articulo',
  'subgrupo_producto',
  'marca_producto',
  'modelo_producto',
] as const;

/** Of several descriptions of one article the smallest text is chosen, so that the order of the lines does not matter. */
function addProducto(productos: Productos, codigo: string, klk: ProductoKlk): void {
  const known = productos.get(codigo);
  if (known !== undefined && DESCRIPCION.every((campo) => known.klk[campo] === klk[campo])) return;
  const row = toProducto(codigo, klk);
  if (known === undefined || toText(row) < toText(known.row)) productos.set(codigo, { klk, row });
}

function toProducto(codigo: string, klk: ProductoKlk): ProductoVentaRow {
  const nombre = parseTexto(klk.descripcion_producto).valor;
  return {
    codigo,
    codigo_barras: parseTexto(klk.codigo_barras).valor,
    nombre: nombre ?? codigo,
    descripcion: nombre,
    categoria: parseTexto(klk.categoria_producto).valor ?? SIN_CATEGORIA,
    grupo_articulo: parseTexto(klk.grupo_articulo).valor,
    subgrupo: parseTexto(klk.subgrupo_producto).valor,
    marca: parseTexto(klk.marca_producto).valor,
    modelo: parseTexto(klk.modelo_producto).valor,
  };
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
