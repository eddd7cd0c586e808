/** What the simulator needs of one store of the catalogue (`tiendas.json`). */
export interface TiendaKlk {
  nombre: string;
  tipo: string;
  almacenes: readonly { codigo: string; nombre: string }[];
  sucursalKlk: string;
}

/** One row of `GET /maestra/almacenes/...`, exactly as KLK spells it. */
export interface AlmacenKlk {
  CodigoSucursal: string;
  NombreSucursal: string;
  CodigoAlmacen: string;
  NombreAlmacen: string;
}

/** The branch of consolidated figures, which is no real branch. */
const CONSOLIDADO: AlmacenKlk = {
  CodigoSucursal: 'CONS',
  NombreSucursal: 'CONSOLIDADO',
  CodigoAlmacen: 'CONS',
  NombreAlmacen: 'CONSOLIDADO',
};

/** The sales floors and the consolidated branch. Distribution centres sell nothing and are not listed. */
export function listPisoVenta(tiendas: readonly TiendaKlk[]): AlmacenKlk[] {
  return [...tiendas.filter((tienda) => tienda.tipo === 'tienda').flatMap(toAlmacenes), CONSOLIDADO];
}

const DEVOLUCIONES = { codigo: 'APP-DPF', nombre: 'DEVOLUCIONES' };
const MERMA = { codigo: 'APP-MPF', nombre: 'MERMA' };

/** All warehouses, with the returns and the shrinkage of the first branch, and the consolidated branch. */
export function listReposicion(tiendas: readonly TiendaKlk[]): AlmacenKlk[] {
  const primera = tiendas.slice(0, 1).map((tienda) => ({ ...tienda, almacenes: [DEVOLUCIONES, MERMA] }));
  return [...[...tiendas, ...primera].flatMap(toAlmacenes), CONSOLIDADO];
}

function toAlmacenes(tienda: TiendaKlk): AlmacenKlk[] {
  return tienda.almacenes.map((almacen) => ({
    CodigoSucursal: tienda.sucursalKlk,
    NombreSucursal: tienda.nombre,
    CodigoAlmacen: almacen.codigo,
    NombreAlmacen: almacen.nombre,
  }));
}
