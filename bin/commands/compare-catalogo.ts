import { closestMatch } from 'leven';
import type { Almacen, Tienda } from '../../lambdas/inventario-klk/catalogo.ts';
import type { AlmacenKlk } from '../../lambdas/inventario-klk/extract/fetch-almacenes.ts';

/** A code one or two letters off is most likely the same, mistyped. */
const MISTYPED = 2;

/** KLK's own lists of warehouses. */
export interface ListasKlk {
  readonly pisoventa: readonly AlmacenKlk[];
  readonly reposicion: readonly AlmacenKlk[];
}

/** A warehouse of the catalogue that KLK does not have. */
interface Desconocido {
  readonly tienda: string;
  readonly almacen: string;
  readonly activa: boolean;
  readonly parecido: string | undefined;
}

/** Something that the catalogue and KLK call by different names. */
interface Diferencia {
  readonly tienda: string;
  readonly almacen: string;
  readonly dato: 'nombre de la tienda' | 'nombre del almacén' | 'sucursal';
  readonly catalogo: string;
  readonly klk: string;
}

/** Warehouses of one branch that the catalogue lacks, and what to paste into it. */
interface Faltante {
  readonly almacenes: readonly AlmacenKlk[];
  /** The store whose `almacenes` they belong to; undefined when the whole store is missing. */
  readonly tienda: string | undefined;
  readonly entrada: Tienda | readonly Almacen[];
}

/** What the catalogue and KLK say differently. */
export interface Comparacion {
  readonly coinciden: number;
  readonly desconocidos: readonly Desconocido[];
  readonly diferencias: readonly Diferencia[];
  readonly faltan: readonly Faltante[];
}

/** Compares the catalogue with KLK's lists. */
export function compareCatalogo(catalogo: readonly Tienda[], listas: ListasKlk): Comparacion {
  const klk = new Map(
    [...listas.reposicion, ...listas.pisoventa].map((almacen) => [almacen.codigo, almacen]),
  );
  const ours = catalogo.flatMap((tienda) => tienda.almacenes.map((almacen) => ({ tienda, almacen })));
  const known = new Set(ours.map(({ almacen }) => almacen.codigo));
  const missing = [...klk.values()].filter(({ codigo }) => !known.has(codigo));
  return {
    coinciden: ours.filter(({ almacen }) => klk.has(almacen.codigo)).length,
    desconocidos: ours
      .filter(({ almacen }) => !klk.has(almacen.codigo))
      .map(({ tienda, almacen: { codigo } }) => ({
        tienda: tienda.id,
        almacen: codigo,
        activa: tienda.activa,
        parecido: closestMatch(
          codigo,
          missing.map((almacen) => almacen.codigo),
          { maxDistance: MISTYPED },
        ),
      })),
    diferencias: ours.flatMap(({ tienda, almacen }) =>
      findDifferences(tienda, almacen, klk.get(almacen.codigo)),
    ),
    faltan: describeMissing(catalogo, missing, new Set(listas.pisoventa.map(({ codigo }) => codigo))),
  };
}

function findDifferences(tienda: Tienda, almacen: Almacen, klk: AlmacenKlk | undefined): Diferencia[] {
  if (klk === undefined) return [];
  const pairs = [
    { dato: 'nombre de la tienda', catalogo: tienda.nombre, klk: klk.nombreSucursal },
    { dato: 'nombre del almacén', catalogo: almacen.nombre, klk: klk.nombre },
    { dato: 'sucursal', catalogo: tienda.sucursalKlk, klk: klk.sucursal },
  ] as const;
  return pairs
    .filter((pair) => pair.catalogo !== pair.klk)
    .map((pair) => ({ tienda: tienda.id, almacen: almacen.codigo, ...pair }));
}

function describeMissing(
  catalogo: readonly Tienda[],
  missing: readonly AlmacenKlk[],
  pisoventa: ReadonlySet<string>,
): Faltante[] {
  let numero = lastNumber(catalogo);
  return [...Map.groupBy(missing, ({ sucursal }) => sucursal)].map(([sucursal, almacenes]) => {
    const tienda = catalogo.find(({ sucursalKlk }) => sucursalKlk === sucursal);
    if (tienda !== undefined) return { almacenes, tienda: tienda.id, entrada: almacenes.map(toAlmacen) };
    // Of a new store one wants the sales floor, not the returns; a distribution centre has none.
    const floors = almacenes.filter(({ codigo }) => pisoventa.has(codigo));
    numero += 1;
    const entrada: Tienda = {
      id: `tienda_${String(numero).padStart(2, '0')}`,
      nombre: almacenes[0]?.nombreSucursal ?? sucursal,
      tipo: floors.length > 0 ? 'tienda' : 'cedi',
      activa: true,
      almacenes: (floors.length > 0 ? floors : almacenes).map(toAlmacen),
      sucursalKlk: sucursal,
    };
    return { almacenes, tienda: undefined, entrada };
  });
}

const toAlmacen = ({ codigo, nombre }: AlmacenKlk): Almacen => ({ codigo, nombre });

const lastNumber = (catalogo: readonly Tienda[]): number =>
  Math.max(0, ...catalogo.map(({ id }) => Number(/^tienda_(\d+)$/.exec(id)?.[1] ?? 0)));
