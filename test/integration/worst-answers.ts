/** An answer within the limits that is built to cost as much memory as it can. */
export interface WorstAnswer {
  readonly what: string;
  readonly body: (almacen: string) => string;
}

/** Bytes for each mark (comma, colon, opening bracket) and each article that the client admits, and room for `meta`. */
const BYTES_PER_MARK = 6;
const BYTES_PER_ARTICULO = 161;
const META_MARKS = 20;

/** As many values as the limits admit in `maxBytes`, in the shapes that cost most: docs/decisions/0014. */
export function worstAnswers(maxBytes: number): readonly WorstAnswer[] {
  const marks = Math.floor(maxBytes / BYTES_PER_MARK) - META_MARKS;
  const articulos = Math.floor(maxBytes / BYTES_PER_ARTICULO);
  const answer = (almacen: string, total: number, units: number, unit: (index: number) => string): string => {
    const rows = Array.from({ length: units }, (_, index) => unit(index)).join('');
    return `{"meta":{"almacences_filtrados":"[\\"${almacen}\\"]","total_articulos":${total}},"articulos":[${rows}]}`.padEnd(
      maxBytes,
    );
  };
  return [
    {
      what: 'as many articles as fit',
      body: (almacen) =>
        answer(almacen, articulos, articulos, (index) => `${index === 0 ? '' : ','}${articulo(index)}`),
    },
    {
      what: 'numbers, one of them long',
      body: (almacen) =>
        answer(almacen, marks, marks, (index) =>
          index === 0 ? '1234567890.12345678' : `,${String((index % 9000) / 10)}`,
        ),
    },
    {
      what: 'one row of nothing but other keys',
      body: (almacen) => {
        const pairs = Math.floor(marks / 2);
        return answer(almacen, 1, pairs, (index) => {
          const pair = `"${index.toString(36)}":0`;
          if (index === 0) return `{${pair}`;
          return index === pairs - 1 ? `,${pair}}` : `,${pair}`;
        });
      },
    },
    {
      what: 'lists within lists',
      body: (almacen) => answer(almacen, 1, 2 * marks, (index) => (index < marks ? '[' : ']')),
    },
  ];
}

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
