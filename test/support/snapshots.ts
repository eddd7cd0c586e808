import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { Snapshot } from '../../lambdas/inventario-klk/load/replace-inventario.ts';
import { parseArticulo } from '../../lambdas/inventario-klk/transform/parse-articulo.ts';
import type { InventarioRow, ProductoRow } from '../../lambdas/inventario-klk/transform/parse-articulo.ts';
import { articulo } from '../fixtures/klk/articulo.ts';

/** Two stores, of two warehouses and of one. */
export const PERIFERICO: Tienda = {
  id: 'tienda_01',
  nombre: 'PERIFERICO',
  tipo: 'tienda',
  activa: true,
  almacenes: [
    { codigo: 'APP-TPF', nombre: 'PISO DE VENTA' },
    { codigo: 'APP-PPF', nombre: 'PRINCIPAL' },
  ],
  sucursalKlk: 'SUC001',
};
export const BOSQUE: Tienda = {
  id: 'tienda_08',
  nombre: 'BOSQUE',
  tipo: 'tienda',
  activa: true,
  almacenes: [{ codigo: 'APP-TBQ', nombre: 'PISO DE VENTA' }],
  sucursalKlk: 'SUC002',
};

/** A moment of the day of these tests, such as `at('10:30')`, in UTC. */
export const at = (hora: string): Date => new Date(`2026-11-18T${hora}Z`);

/** A run's id, one for each digit. */
export const ejecucion = (digito: number): string =>
  `${String(digito).repeat(8)}-0000-4000-8000-000000000000`;

const ARTICULO = parseArticulo(articulo({ Marca: 'DRAGOS' }));

/** A product whose every attribute is set: that of the fixture, under another code and name. */
export function producto(codigo: string, changes: Partial<ProductoRow> = {}): ProductoRow {
  if (!('producto' in ARTICULO)) throw new Error(ARTICULO.motivo);
  const nombre = `PRODUCTO ${codigo}`;
  return {
    ...ARTICULO.producto,
    codigo,
    codigo_barras: `0${codigo}`,
    nombre,
    descripcion: nombre,
    ...changes,
  };
}

/** A row of inventory, at a price of 4.939655 and 16 % of tax. */
export const existencia = (
  codigo: string,
  cantidad: string,
  changes: Partial<InventarioRow> = {},
): InventarioRow => ({
  producto_id: codigo,
  cantidad,
  precio_venta: '4.939655',
  iva: '16',
  ...changes,
});

/** A snapshot of APP-TPF at 10:00 with these quantities by article, which no guard refuses; `changes` replace any part of it. */
export function snapshot(
  cantidades: Readonly<Record<string, string>>,
  changes: Partial<Snapshot> = {},
): Snapshot {
  const codigos = Object.keys(cantidades).toSorted();
  return {
    ejecucionId: ejecucion(1),
    ubicacionId: PERIFERICO.id,
    almacen: 'APP-TPF',
    extraccion: at('10:00'),
    productos: codigos.map((codigo) => producto(codigo)),
    inventario: codigos.map((codigo) => existencia(codigo, cantidades[codigo] ?? '')),
    codigosRechazados: [],
    retirarAusentes: true,
    articulos: codigos.length,
    forzar: true,
    ...changes,
  };
}
