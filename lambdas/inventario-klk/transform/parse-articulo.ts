import { parseDecimal } from '../../core/klk/decimal.ts';
import { parseCodigo, parseTexto, SIN_CATEGORIA } from '../../core/klk/texto.ts';

const CAMPOS = [
  'NombreProducto',
  'Codigo',
  'Barra',
  'Categoria',
  'Descripcion',
  'Subcategoria',
  'Descripcion_categoria',
  'Marca',
  'Precio',
  'Iva',
  'stock',
] as const;

type Campo = (typeof CAMPOS)[number];

const CONOCIDOS: ReadonlySet<string> = new Set(CAMPOS);

/** A row of `productos` as KLK describes it. */
export interface ProductoRow {
  readonly codigo: string;
  readonly codigo_barras: string | null;
  readonly nombre: string;
  readonly descripcion: string | null;
  readonly categoria: string;
  readonly categoria_codigo: string | null;
  readonly grupo_articulo: string | null;
  readonly subgrupo: string | null;
  readonly marca: string | null;
}

/** A row of `inventario_vigente`; numbers are decimal text, so that no digit is lost. */
export interface InventarioRow {
  readonly producto_id: string;
  readonly cantidad: string;
  readonly precio_venta: string | null;
  readonly iva: string | null;
}

/** Why a row was rejected; stable, stored in `etl_rechazos.motivo`. */
export type MotivoRechazo =
  'FILA_ILEGIBLE' | 'CODIGO_ILEGIBLE' | 'EXISTENCIA_ILEGIBLE' | 'EXISTENCIA_CONTRADICTORIA';

/** One row of KLK as our rows, or the reason why not. */
export type ArticuloParsed =
  | { readonly motivo: MotivoRechazo; readonly codigo: string | null }
  | {
      readonly producto: ProductoRow;
      readonly inventario: InventarioRow;
      readonly precioIlegible: boolean;
      readonly textosLimpiados: number;
      readonly camposDesconocidos: readonly string[];
    };

/** Maps one row by docs/mapping.md: `Descripcion` is, despite its name, the category's name. */
export function parseArticulo(fila: unknown): ArticuloParsed {
  if (!isFila(fila)) return { motivo: 'FILA_ILEGIBLE', codigo: null };
  const campos: Readonly<Partial<Record<Campo, unknown>>> = fila;
  const codigo = parseCodigo(campos.Codigo);
  if (codigo === undefined) return { motivo: 'CODIGO_ILEGIBLE', codigo: null };
  const cantidad = parseDecimal(campos.stock);
  if (cantidad === undefined) return { motivo: 'EXISTENCIA_ILEGIBLE', codigo };

  let textosLimpiados = 0;
  const texto = (campo: Campo): string | null => {
    const { valor, limpiado } = parseTexto(campos[campo]);
    if (limpiado) textosLimpiados += 1;
    return valor;
  };
  const nombre = texto('NombreProducto');
  const producto: ProductoRow = {
    codigo,
    codigo_barras: texto('Barra'),
    nombre: nombre ?? codigo,
    descripcion: nombre,
    categoria: texto('Descripcion') ?? SIN_CATEGORIA,
    categoria_codigo: texto('Categoria'),
    grupo_articulo: texto('Descripcion_categoria'),
    subgrupo: texto('Subcategoria'),
    marca: texto('Marca'),
  };
  const precio = parseDecimal(campos.Precio) ?? null;
  const iva = parseDecimal(campos.Iva) ?? null;
  return {
    producto,
    inventario: { producto_id: codigo, cantidad, precio_venta: precio, iva },
    precioIlegible: precio === null || iva === null,
    textosLimpiados,
    camposDesconocidos: Object.keys(fila).filter((campo) => !CONOCIDOS.has(campo)),
  };
}

/** Not a schema, which would copy every row: a third of the transformation's time. */
const isFila = (fila: unknown): fila is Readonly<Record<string, unknown>> =>
  typeof fila === 'object' && fila !== null && !Array.isArray(fila);
