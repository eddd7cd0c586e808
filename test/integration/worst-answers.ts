import type { VentasAnswer } from '../../local/klk-simulator/answer.ts';
import { lineaKlk } from '../fixtures/klk/linea.ts';

/** An answer within the limits that is built to cost as much memory as it can; `body` answers what was asked for. */
interface WorstAnswer<Pregunta> {
  readonly what: string;
  readonly body: (pregunta: Pregunta) => string;
}

/** Bytes for each mark (comma, colon, opening bracket), each article and each line that the client admits, and room for `meta`. */
const BYTES_PER_MARK = 6;
const BYTES_PER_ARTICULO = 161;
const BYTES_PER_LINEA = 1_240;
const META_MARKS = 40;

/** What an answer lists, as JSON without the brackets around it, and how many rows that is. */
interface WorstShape {
  readonly what: string;
  readonly total: number;
  readonly rows: (row: (index: number) => string) => string;
}

/** As many values as the limits admit in `maxBytes`, in the shapes that cost most: docs/decisions/0014. */
function worstShapes(maxBytes: number, bytesPerRow: number): readonly WorstShape[] {
  const marks = Math.floor(maxBytes / BYTES_PER_MARK) - META_MARKS;
  const whole = Math.floor(maxBytes / bytesPerRow);
  const pairs = Math.floor(marks / 2);
  const list = (length: number, unit: (index: number) => string): string =>
    Array.from({ length }, (_, index) => unit(index)).join(',');
  return [
    { what: 'as many rows as fit', total: whole, rows: (row) => list(whole, row) },
    {
      what: 'numbers, one of them long',
      total: marks,
      rows: () => list(marks, (index) => (index === 0 ? '1234567890.12345678' : String((index % 9000) / 10))),
    },
    {
      what: 'one row of nothing but other keys',
      total: 1,
      rows: () => `{${list(pairs, (index) => `"${index.toString(36)}":0`)}}`,
    },
    { what: 'lists within lists', total: 1, rows: () => '['.repeat(marks) + ']'.repeat(marks) },
  ];
}

/** The worst answers about a warehouse. */
export const worstAnswers = (maxBytes: number): readonly WorstAnswer<string>[] =>
  worstShapes(maxBytes, BYTES_PER_ARTICULO).map(({ what, total, rows }) => ({
    what,
    body: (almacen) =>
      `{"meta":{"almacences_filtrados":"[\\"${almacen}\\"]","total_articulos":${total}},"articulos":[${rows(articulo)}]}`.padEnd(
        maxBytes,
      ),
  }));

type MetaVentas = VentasAnswer['meta'];

/** The worst answers about the sales of a slice, which `meta` repeats. */
export const worstVentas = (maxBytes: number): readonly WorstAnswer<MetaVentas>[] =>
  worstShapes(maxBytes, BYTES_PER_LINEA).map(({ what, total, rows }) => ({
    what,
    body: (meta) => {
      const ventas = rows((index) => linea(meta, index));
      return `{"meta":${JSON.stringify({ ...meta, total_registros: total })},"ventas":[${ventas}]}`.padEnd(
        maxBytes,
      );
    },
  }));

/** A row in KLK's form, hardly longer than one without any text. */
const articulo = (index: number): string =>
  JSON.stringify({
    NombreProducto: `A${String(index)}`,
    Codigo: String(index).padStart(6, '0'),
    Barra: String(index),
    Categoria: '8',
    Descripcion: 'F',
    Subcategoria: '1',
    Marca: 'M',
    Precio: 5.77,
    Iva: 16,
    stock: index % 90,
  });

/** A line in KLK's form, hardly longer than one without any text. */
const linea = ({ fecha_desde: fecha, hora_desde: hora }: MetaVentas, index: number): string =>
  JSON.stringify(
    lineaKlk({
      linea: {
        numero_factura: `F${fecha}-${hora}`,
        fecha,
        hora: `${hora.slice(0, 5)}:00`,
        fecha_hora_completa: `${fecha}T${hora.slice(0, 5)}:00`,
        linea: index + 1,
      },
      producto: {
        codigo_producto: String(index % 3_000).padStart(6, '0'),
        descripcion_producto: 'D',
        marca_producto: 'M',
        categoria_producto: 'C',
        grupo_articulo: 'G',
        subgrupo_producto: 'S',
        categoria_nombre: '',
        codigo_barras: '1',
      },
      cantidad: { codigo_almacen: 'DEV', nombre_almacen: 'P', unidad_medida_venta: 'U' },
      financiero: {
        porcentaje_descuento: 1,
        monto_descuento: 2.5,
        porcentaje_descuento_fidelizacion: 1,
        monto_descuento_fidelizacion: 2.5,
        porcentaje_descuento_forma_pago: 1,
        monto_descuento_forma_pago: 2.5,
      },
    }),
  );
