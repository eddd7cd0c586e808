import type { Factura, LineaVendida } from './facturas.ts';
import type { ProductoKlk } from './surtido.ts';

/** One line of an invoice in the answer of `POST /ventas`, exactly as KLK spells it. */
export interface VentaKlk {
  numero_factura: string;
  fecha: string;
  hora: string;
  fecha_hora_completa: string;
  linea: number;
  producto: ProductoKlk[];
  cantidad: CantidadKlk[];
  financiero: FinancieroKlk[];
  total_factura: number;
  tasa_usd: number;
  es_no_fiscal: boolean;
  tiene_promocion: string;
  codigo_promocion: string;
}

interface CantidadKlk {
  codigo_almacen: string;
  nombre_almacen: string;
  cantidad_vendida: number;
  peso_unitario: number;
  peso_bruto: number;
  volumen_unitario: number;
  unidad_medida_venta: string;
  factor_unidad_medida: number;
  total_cantidad_por_unidad_medida: number;
  peso_calculado: number;
}

interface FinancieroKlk {
  costo_unitario_bs: number;
  costo_unitario_usd: number;
  precio_unitario_bs: number;
  precio_unitario_usd: number;
  impuesto_porcentaje: number;
  impuesto_monto: number;
  porcentaje_descuento: number;
  monto_descuento: number;
  porcentaje_descuento_fidelizacion: number;
  monto_descuento_fidelizacion: number;
  porcentaje_descuento_forma_pago: number;
  monto_descuento_forma_pago: number;
  venta_total_bs: number;
  venta_total_usd: number;
  costo_total_bs: number;
  costo_total_usd: number;
  utilidad_bruta_bs: number;
  utilidad_bruta_usd: number;
}

/** The lines of an invoice as KLK answers them. */
export function toVentas(factura: Factura): VentaKlk[] {
  const financieros = factura.lineas.map((linea) => toFinanciero(linea, factura.tasaUsd));
  // What the customer paid, in bolivars with VAT.
  const total = round(
    financieros.reduce((sum, { venta_total_bs, impuesto_monto }) => sum + venta_total_bs + impuesto_monto, 0),
    2,
  );
  return factura.lineas.map((linea, index) => ({
    numero_factura: factura.numero,
    fecha: factura.dia,
    hora: factura.hora,
    fecha_hora_completa: `${factura.dia}T${factura.hora.slice(0, 8)}`,
    linea: linea.linea,
    producto: [linea.articulo.producto],
    cantidad: [toCantidad(linea)],
    financiero: financieros.slice(index, index + 1),
    total_factura: total,
    tasa_usd: factura.tasaUsd,
    es_no_fiscal: factura.esNoFiscal,
    tiene_promocion: linea.codigoPromocion === '' ? '' : 'SI',
    codigo_promocion: linea.codigoPromocion,
  }));
}

function toCantidad({ articulo, almacen, milesimas }: LineaVendida): CantidadKlk {
  const cantidad = milesimas / 1000;
  return {
    codigo_almacen: almacen.codigo,
    nombre_almacen: almacen.nombre,
    cantidad_vendida: cantidad,
    peso_unitario: articulo.porPeso ? 1 : 0,
    peso_bruto: 0,
    volumen_unitario: 0,
    unidad_medida_venta: articulo.porPeso ? 'KG' : 'UNIDAD',
    factor_unidad_medida: 1,
    total_cantidad_por_unidad_medida: cantidad,
    peso_calculado: articulo.porPeso ? cantidad : 0,
  };
}

/** The amounts of a line without VAT. Tax and discounts are in bolivars. */
function toFinanciero({ articulo, milesimas, descuentos }: LineaVendida, tasaUsd: number): FinancieroKlk {
  const cantidad = milesimas / 1000;
  const bruto = articulo.precio * cantidad;
  const porcentajes = descuentos.producto + descuentos.fidelizacion + descuentos.formaPago;
  const ventaUsd = round(bruto * (1 - porcentajes / 100), 6);
  const ventaBs = round(ventaUsd * tasaUsd, 4);
  const costoUsd = round(articulo.costo * cantidad, 6);
  const costoBs = round(costoUsd * tasaUsd, 4);
  const descuentoBs = (porcentaje: number): number => round((bruto * tasaUsd * porcentaje) / 100, 4);
  return {
    costo_unitario_bs: round(articulo.costo * tasaUsd, 4),
    costo_unitario_usd: articulo.costo,
    precio_unitario_bs: round(articulo.precio * tasaUsd, 4),
    precio_unitario_usd: articulo.precio,
    impuesto_porcentaje: articulo.iva,
    impuesto_monto: round((ventaBs * articulo.iva) / 100, 4),
    porcentaje_descuento: descuentos.producto,
    monto_descuento: descuentoBs(descuentos.producto),
    porcentaje_descuento_fidelizacion: descuentos.fidelizacion,
    monto_descuento_fidelizacion: descuentoBs(descuentos.fidelizacion),
    porcentaje_descuento_forma_pago: descuentos.formaPago,
    monto_descuento_forma_pago: descuentoBs(descuentos.formaPago),
    venta_total_bs: ventaBs,
    venta_total_usd: ventaUsd,
    costo_total_bs: costoBs,
    costo_total_usd: costoUsd,
    utilidad_bruta_bs: round(ventaBs - costoBs, 4),
    utilidad_bruta_usd: round(ventaUsd - costoUsd, 6),
  };
}

function round(value: number, decimales: number): number {
  const factor = 10 ** decimales;
  return Math.round(value * factor) / factor + 0; // -0 becomes 0, as JSON has it
}
