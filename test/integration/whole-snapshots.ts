import { ARTICULOS } from './history-steps.ts';

/** What one row says, numbers as canonical decimal text. */
export interface Datos {
  readonly cantidad: string;
  readonly precio: string | null;
  readonly iva: string | null;
}

/** An article of an accepted snapshot: what is held of it, and the snapshot that brought it. */
interface Articulo extends Datos {
  readonly confirmado: number;
}

/** A snapshot as it was accepted, whole. Moments are in whole microseconds, as the database's are. */
interface Accepted {
  readonly momento: number;
  readonly tienda: string;
  readonly articulos: ReadonlyMap<string, Articulo>;
}

/** A version of an article. */
interface Version extends Datos {
  readonly desde: number;
  readonly hasta: number;
}

/** Rows as the database's texts: times as ISO 8601, `infinity` where there is no end. */
export type Row = readonly (string | null)[];

/** A moment in microseconds as PostgreSQL reads it and as the test's questions write it. */
export function iso(momento: number): string {
  if (!Number.isFinite(momento)) return momento < 0 ? '-infinity' : 'infinity';
  const milliseconds = Math.floor(momento / 1_000);
  const rest = String(momento - milliseconds * 1_000).padStart(3, '0');
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`);
}

const same = (one: Datos, other: Datos): boolean =>
  one.cantidad === other.cantidad && one.precio === other.precio && one.iva === other.iva;

/** The history of one warehouse as if every accepted snapshot were stored whole: what the views and functions must answer. */
export class WholeSnapshots {
  readonly almacen: string;
  readonly accepted: Accepted[] = [];
  /** Snapshots before this one are retired. */
  private primera = -Infinity;

  constructor(almacen: string) {
    this.almacen = almacen;
  }

  get last(): Accepted | undefined {
    return this.accepted.at(-1);
  }

  /** Accepts a snapshot: `kept` are the articles whose row was refused; `retire` is false when an unreadable code keeps every absent one. */
  accept(
    momento: number,
    tienda: string,
    brought: ReadonlyMap<string, Datos>,
    { kept, retire }: { readonly kept: ReadonlySet<string>; readonly retire: boolean },
  ): void {
    const articulos = new Map<string, Articulo>();
    for (const [codigo, datos] of brought) articulos.set(codigo, { ...datos, confirmado: momento });
    for (const [codigo, held] of this.last?.articulos ?? []) {
      if (!brought.has(codigo) && (kept.has(codigo) || !retire)) articulos.set(codigo, held);
    }
    this.accepted.push({ momento, tienda, articulos });
  }

  /** Retires what ended before a moment: the snapshot in force then is the first that is kept. */
  retire(limite: number): void {
    const held = this.accepted.findLast(({ momento }) => momento <= limite);
    this.primera = Math.max(this.primera, held?.momento ?? -Infinity);
  }

  actual(tienda: string): Row[] {
    return this.rowsOf(this.last?.articulos, (codigo, { cantidad, precio, iva, confirmado }) => [
      tienda,
      this.almacen,
      codigo,
      cantidad,
      precio,
      iva,
      iso(confirmado),
      iso(this.versions(codigo).at(-1)?.desde ?? NaN),
    ]);
  }

  at(momento: number): Row[] {
    const held = this.kept.findLast((snapshot) => snapshot.momento <= momento);
    return this.rowsOf(held?.articulos, (codigo, { cantidad, precio, iva }) => [
      held?.tienda ?? '',
      this.almacen,
      codigo,
      cantidad,
      precio,
      iva,
    ]);
  }

  /** Every article of every kept snapshot that a later one replaced or retired. */
  historico(): Row[] {
    return this.kept.flatMap(({ momento, tienda, articulos }, index) =>
      this.rowsOf(articulos, (codigo, { cantidad, precio, iva, confirmado }) => {
        const end = this.kept
          .slice(index + 1)
          .find((later) => later.articulos.get(codigo)?.confirmado !== momento);
        if (confirmado !== momento || end === undefined) return undefined;
        return [tienda, this.almacen, codigo, cantidad, precio, iva, iso(momento), iso(end.momento)];
      }),
    );
  }

  /** Versions of which some kept snapshot belonged to the store, as far as they were in force in [desde, hasta). */
  historial(tienda: string, codigo: string, desde: number, hasta: number): Row[] {
    if (desde >= hasta) return [];
    return this.versions(codigo)
      .filter((version) => version.hasta > desde && version.desde < hasta)
      .filter((version) =>
        this.kept.some(
          (snapshot) =>
            snapshot.tienda === tienda &&
            snapshot.momento >= version.desde &&
            snapshot.momento < version.hasta,
        ),
      )
      .map(({ cantidad, precio, iva, ...version }) => [
        this.almacen,
        cantidad,
        precio,
        iva,
        iso(version.desde),
        iso(version.hasta),
      ]);
  }

  /** Article, old price, new price, when. */
  precios(desde: number, hasta: number): Row[] {
    return ARTICULOS.flatMap((codigo) => {
      const versions = this.versions(codigo);
      return versions.flatMap((version, index) => {
        const next = versions[index + 1];
        if (next?.desde !== version.hasta || next.precio === version.precio) return [];
        if (version.hasta < desde || version.hasta >= hasta) return [];
        return [[this.almacen, codigo, version.precio, next.precio, iso(version.hasta)]];
      });
    });
  }

  private get kept(): Accepted[] {
    return this.accepted.filter(({ momento }) => momento >= this.primera);
  }

  private versions(codigo: string): Version[] {
    const versions: Version[] = [];
    let open: Version | undefined;
    for (const { momento, articulos } of this.accepted) {
      const held = articulos.get(codigo);
      if (open !== undefined && held !== undefined && same(open, held)) continue;
      if (open !== undefined) versions.push({ ...open, hasta: momento });
      open =
        held === undefined
          ? undefined
          : { cantidad: held.cantidad, precio: held.precio, iva: held.iva, desde: momento, hasta: Infinity };
    }
    return open === undefined ? versions : [...versions, open];
  }

  private rowsOf(
    articulos: Accepted['articulos'] | undefined,
    toRow: (codigo: string, articulo: Articulo) => Row | undefined,
  ): Row[] {
    return [...(articulos ?? [])].flatMap(([codigo, articulo]) => {
      const row = toRow(codigo, articulo);
      return row === undefined ? [] : [row];
    });
  }
}
