import { closestMatch } from 'leven';
import type { Almacen, Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { AlmacenKlk } from '../../lambdas/core/klk/fetch-almacenes.ts';

/** Letters by which a code may differ from another to count as mistyped. */
const MISTYPED = 2;

/** KLK's own lists of warehouses. */
export interface ListasKlk {
  readonly pisoventa: readonly AlmacenKlk[];
  readonly reposicion: readonly AlmacenKlk[];
}

/** A warehouse of the catalogue that KLK does not have. */
interface UnknownAlmacen {
  readonly tienda: string;
  readonly almacen: string;
  readonly activa: boolean;
  /** The code that was probably meant. */
  readonly parecido: string | undefined;
  /** The entry to put in its place; undefined when no other was probably meant. */
  readonly entrada: Almacen | undefined;
}

/** A store or warehouse that the catalogue and KLK name differently. */
interface Difference {
  readonly tienda: string;
  readonly almacen: string;
  readonly dato: 'nombre de la tienda' | 'nombre del almacén' | 'sucursal';
  readonly catalogo: string;
  readonly klk: string;
}

/** Sales floors of one branch that the catalogue lacks, and what to paste into it. */
export interface MissingEntry {
  readonly almacenes: readonly AlmacenKlk[];
  /** The store whose `almacenes` they belong to; undefined when the whole store is missing. */
  readonly tienda: string | undefined;
  readonly entrada: Tienda | readonly Almacen[];
}

/** The differences between the catalogue and KLK's lists. */
export interface Comparison {
  readonly coinciden: number;
  readonly desconocidos: readonly UnknownAlmacen[];
  readonly diferencias: readonly Difference[];
  readonly faltan: readonly MissingEntry[];
  /** Returns, shrinkage and the like, which are not loaded. */
  readonly sinVenta: readonly AlmacenKlk[];
}

/** Compares the catalogue with KLK's lists. */
export function compareCatalogo(catalogo: readonly Tienda[], listas: ListasKlk): Comparison {
  const klk = new Map(
    [...listas.reposicion, ...listas.pisoventa].map((almacen) => [almacen.codigo, almacen]),
  );
  const floors = new Set(listas.pisoventa.map(({ codigo }) => codigo));
  const ours = catalogo.flatMap((tienda) => tienda.almacenes.map((almacen) => ({ tienda, almacen })));
  const known = new Set(ours.map(({ almacen }) => almacen.codigo));
  const missing = [...klk.values()].filter(({ codigo }) => !known.has(codigo));
  const desconocidos = findUnknown(
    ours.filter(({ almacen }) => !klk.has(almacen.codigo)),
    missing,
    floors,
  );
  const meant = new Set(desconocidos.map(({ parecido }) => parecido));
  const rest = missing.filter(({ codigo }) => !meant.has(codigo));
  return {
    coinciden: ours.filter(({ almacen }) => klk.has(almacen.codigo)).length,
    desconocidos,
    diferencias: ours.flatMap(({ tienda, almacen }) =>
      findDifferences(tienda, almacen, klk.get(almacen.codigo)),
    ),
    faltan: describeMissing(
      catalogo,
      rest.filter(({ codigo }) => floors.has(codigo)),
    ),
    sinVenta: rest.filter(({ codigo }) => !floors.has(codigo)),
  };
}

/** Suggests for each unknown code the nearest free one of the same kind: a sales floor for a store, another for a distribution centre. */
function findUnknown(
  unknown: readonly { readonly tienda: Tienda; readonly almacen: Almacen }[],
  missing: readonly AlmacenKlk[],
  floors: ReadonlySet<string>,
): UnknownAlmacen[] {
  const free = new Map(missing.map((almacen) => [almacen.codigo, almacen]));
  return unknown.map(({ tienda, almacen: { codigo } }) => {
    const ofItsKind = [...free.values()].filter(
      (almacen) => floors.has(almacen.codigo) === (tienda.tipo === 'tienda'),
    );
    const ofItsBranch = ofItsKind.filter(({ sucursal }) => sucursal === tienda.sucursalKlk);
    const parecido = findNearest(codigo, ofItsBranch) ?? findNearest(codigo, ofItsKind);
    const meant = parecido === undefined ? undefined : free.get(parecido);
    if (meant !== undefined) free.delete(meant.codigo);
    return {
      tienda: tienda.id,
      almacen: codigo,
      activa: tienda.activa,
      parecido,
      entrada: meant && toAlmacen(meant),
    };
  });
}

const findNearest = (codigo: string, almacenes: readonly AlmacenKlk[]): string | undefined =>
  closestMatch(
    codigo,
    almacenes.map((almacen) => almacen.codigo),
    { maxDistance: MISTYPED },
  );

function findDifferences(tienda: Tienda, almacen: Almacen, klk: AlmacenKlk | undefined): Difference[] {
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

function describeMissing(catalogo: readonly Tienda[], missing: readonly AlmacenKlk[]): MissingEntry[] {
  let numero = lastNumber(catalogo);
  return [...Map.groupBy(missing, ({ sucursal }) => sucursal)].map(([sucursal, almacenes]) => {
    const tienda = catalogo.find(({ sucursalKlk }) => sucursalKlk === sucursal);
    if (tienda !== undefined) return { almacenes, tienda: tienda.id, entrada: almacenes.map(toAlmacen) };
    numero += 1;
    const entrada: Tienda = {
      id: `tienda_${String(numero).padStart(2, '0')}`,
      nombre: almacenes[0]?.nombreSucursal ?? sucursal,
      tipo: 'tienda',
      activa: true,
      almacenes: almacenes.map(toAlmacen),
      sucursalKlk: sucursal,
    };
    return { almacenes, tienda: undefined, entrada };
  });
}

const toAlmacen = ({ codigo, nombre }: AlmacenKlk): Almacen => ({ codigo, nombre });

const lastNumber = (catalogo: readonly Tienda[]): number =>
  Math.max(0, ...catalogo.map(({ id }) => Number(/^tienda_(\d+)$/.exec(id)?.[1] ?? 0)));
