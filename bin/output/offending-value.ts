import { z } from 'zod';
import { excerpt } from '../../lambdas/core/errors/excerpt.ts';
import type { FilaRechazada } from '../queries/read-rechazos.ts';

/** What is wrong with a rejected row, for a person. KLK's texts are made safe for a terminal. */
export interface Offending {
  /** The field as KLK names it, or the whole row. */
  readonly campo: string;
  /** As received, as JSON text. */
  readonly valor: string;
  /** The name of the product; undefined when the row has none. */
  readonly nombre: string | undefined;
  readonly explicacion: string;
}

/** What each reason for a rejection means, and its field if it has one. */
const MOTIVOS: Readonly<Record<string, { readonly campo?: string; readonly texto: string }>> = {
  FILA_ILEGIBLE: { texto: 'la fila no es un artículo' },
  CODIGO_ILEGIBLE: { campo: 'Codigo', texto: 'el código del artículo falta o no se puede leer' },
  EXISTENCIA_ILEGIBLE: { campo: 'stock', texto: 'la existencia falta o no es un número' },
  EXISTENCIA_CONTRADICTORIA: {
    campo: 'stock',
    texto: 'el artículo viene varias veces, con existencias distintas',
  },
};

/** The same for a line of sales; its fields lie one level deeper. */
const MOTIVOS_VENTA: Readonly<Record<string, { readonly campo?: string; readonly texto: string }>> = {
  FILA_ILEGIBLE: { texto: 'la fila no es una línea de venta' },
  FACTURA_ILEGIBLE: { campo: 'numero_factura', texto: 'el número de factura falta o no se puede leer' },
  LINEA_ILEGIBLE: { campo: 'linea', texto: 'el número de línea falta o no es un entero' },
  FECHA_ILEGIBLE: { campo: 'hora', texto: 'la fecha o la hora faltan o no se pueden leer' },
  ALMACEN_ILEGIBLE: { campo: 'codigo_almacen', texto: 'el código del almacén no se puede leer' },
  CODIGO_ILEGIBLE: { campo: 'codigo_producto', texto: 'el código del artículo falta o no se puede leer' },
  CANTIDAD_ILEGIBLE: { campo: 'cantidad_vendida', texto: 'la cantidad falta o no es un número' },
  VENTA_ILEGIBLE: { campo: 'venta_total_usd', texto: 'el importe falta o no es un número' },
  VALOR_ILEGIBLE: { texto: 'un precio, un costo u otro valor no es un número' },
  LINEA_CONTRADICTORIA: { texto: 'la línea viene varias veces, con valores distintos' },
  FACTURA_EN_OTRO_DIA: { campo: 'fecha', texto: 'la base tiene esa factura en otro día' },
};

/** Describes a quarantined line of sales. */
export function describeOffendingVenta({ motivo, fila }: Pick<FilaRechazada, 'motivo' | 'fila'>): Offending {
  const { campo, texto } = MOTIVOS_VENTA[motivo] ?? { texto: 'otra versión la rechazó' };
  const nombre = findInCut(fila, 'descripcion_producto');
  return {
    campo: campo ?? 'fila',
    valor: excerpt(campo === undefined ? fila : findInCut(fila, campo)),
    nombre: nombre === SIN_GUARDAR ? undefined : excerpt(nombre.replaceAll(/^"|"$/g, '')),
    explicacion: `${texto} (${motivo})`,
  };
}

const SIN_GUARDAR = '(no se guardó)';

const FilaSchema = z.record(z.string(), z.unknown());

/** Describes a quarantined row. One that another version rejected for an unknown reason is shown whole. */
export function describeOffending({ motivo, fila }: FilaRechazada): Offending {
  const { campo, texto } = MOTIVOS[motivo] ?? { texto: 'otra versión la rechazó' };
  const readField = createFieldReader(fila);
  const nombre = readField('NombreProducto');
  return {
    campo: campo ?? 'fila',
    valor: excerpt(campo === undefined ? fila : (readField(campo) ?? '(falta)')),
    nombre: nombre === undefined ? undefined : excerpt(nombre.replaceAll(/^"|"$/g, '')),
    explicacion: `${texto} (${motivo})`,
  };
}

/** Reads fields of a row as JSON text. Only the first 2 kB of a row are kept, so it may be cut off anywhere. */
function createFieldReader(fila: string): (campo: string) => string | undefined {
  const whole = parseWhole(fila);
  return (campo) => {
    if (whole === undefined) return findInCut(fila, campo);
    return campo in whole ? JSON.stringify(whole[campo]) : undefined;
  };
}

function parseWhole(fila: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // A row that is no object has no fields.
    return FilaSchema.catch({}).parse(JSON.parse(fila));
  } catch {
    return undefined; // cut off
  }
}

function findInCut(fila: string, campo: string): string {
  const found = new RegExp(`[{,]"${campo}":("(?:[^"\\\\]|\\\\.)*"?|[^,]*)`).exec(fila);
  if (found?.[1] === undefined) return SIN_GUARDAR;
  return found.index + found[0].length === fila.length ? `${found[1]}…` : found[1];
}
