import { z } from 'zod';

const texto = z.string();
const decimal = z.number();
const producto = z.strictObject({
  codigo_producto: texto.regex(/^\d{6}$/),
  descripcion_producto: texto.min(1),
  marca_producto: texto,
  modelo_producto: texto,
  categoria_producto: texto,
  grupo_articulo: texto,
  subgrupo_producto: texto,
  categoria_nombre: texto,
  codigo_barras: texto.regex(/^0\d+$/),
  serial: texto,
  imei: texto,
});
const cantidad = z.strictObject({
  codigo_almacen: texto.min(1),
  nombre_almacen: texto.min(1),
  cantidad_vendida: decimal,
  peso_unitario: decimal,
  peso_bruto: decimal,
  volumen_unitario: decimal,
  unidad_medida_venta: z.literal(['KG', 'UNIDAD']),
  factor_unidad_medida: decimal,
  total_cantidad_por_unidad_medida: decimal,
  peso_calculado: decimal,
});
const financiero = z.strictObject({
  costo_unitario_bs: decimal,
  costo_unitario_usd: decimal,
  precio_unitario_bs: decimal,
  precio_unitario_usd: decimal,
  impuesto_porcentaje: z.literal([0, 16]),
  impuesto_monto: decimal,
  porcentaje_descuento: decimal,
  monto_descuento: decimal,
  porcentaje_descuento_fidelizacion: decimal,
  monto_descuento_fidelizacion: decimal,
  porcentaje_descuento_forma_pago: decimal,
  monto_descuento_forma_pago: decimal,
  venta_total_bs: decimal,
  venta_total_usd: decimal,
  costo_total_bs: decimal,
  costo_total_usd: decimal,
  utilidad_bruta_bs: decimal,
  utilidad_bruta_usd: decimal,
});

/** The documented answer of `POST /ventas`, and nothing beyond it. */
export const ventasSchema = z.strictObject({
  meta: z.strictObject({
    sucursal_codigo: texto,
    fecha_desde: z.iso.date(),
    fecha_hasta: z.iso.date(),
    hora_desde: texto,
    hora_hasta: texto,
    CodArticulo: texto,
    almacen: texto,
    total_registros: z.int(),
    fecha_generacion: z.iso.datetime(),
  }),
  ventas: z.array(
    z.strictObject({
      numero_factura: texto.regex(/^C\d{2}-01-\d{8}$/),
      fecha: z.iso.date(),
      hora: texto.regex(/^\d{2}:\d{2}:\d{2}\.\d{7}$/),
      fecha_hora_completa: texto.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/),
      linea: z.int().positive(),
      producto: z.tuple([producto]),
      cantidad: z.tuple([cantidad]),
      financiero: z.tuple([financiero]),
      total_factura: decimal,
      tasa_usd: decimal.positive(),
      es_no_fiscal: z.boolean(),
      tiene_promocion: texto,
      codigo_promocion: texto,
    }),
  ),
});

export type RespuestaVentas = z.infer<typeof ventasSchema>;
export type Venta = RespuestaVentas['ventas'][number];

/** What makes a line one line within its branch. */
export const keyOf = ({ numero_factura, linea }: Venta): string => `${numero_factura} ${linea}`;

/** Whether no line is of a later moment than the one before it. */
export const isNewestFirst = (ventas: readonly Venta[]): boolean => {
  const momentos = ventas.map(({ fecha, hora }) => `${fecha}T${hora}`);
  return momentos.every((momento, index) => index === 0 || momento <= (momentos[index - 1] ?? momento));
};
