import type { Version } from './queries/read-articulo.ts';

/** Since a moment there is so much of an article; null while it was in no inventory. */
type Paso = [momento: string, cantidad: number | null];

/** The stock of a warehouse as steps. */
export interface Pasos {
  readonly almacen: string;
  readonly pasos: Paso[];
}

/** A price that changed. */
export interface CambioDePrecio {
  readonly fecha: string;
  readonly almacen: string;
  readonly anterior: number | null;
  readonly nuevo: number | null;
}

/** The stock of each warehouse as steps, from its versions in order. Where nothing is in force until the next begins, the article was not there. */
export function toPasos(versiones: readonly Version[]): Pasos[] {
  return [...Map.groupBy(versiones, ({ almacen }) => almacen)].map(([almacen, own]) => ({
    almacen,
    pasos: own.flatMap(({ cantidad, inicio, fin }, index): Paso[] => {
      const before = own[index - 1];
      const after = own[index + 1];
      const goesOn = before?.fin === inicio && before.cantidad === cantidad;
      return [
        ...(goesOn ? [] : [[inicio, cantidad] satisfies Paso]),
        ...(fin === null || fin === after?.inicio ? [] : [[fin, null] satisfies Paso]),
      ];
    }),
  }));
}

/** The prices that changed from one version to the next, oldest first. An article that was gone in between has no price before. */
export const toCambiosDePrecio = (versiones: readonly Version[]): CambioDePrecio[] =>
  [...Map.groupBy(versiones, ({ almacen }) => almacen).values()]
    .flatMap((own) =>
      own.flatMap(({ almacen, inicio, precioUsd }, index): CambioDePrecio[] => {
        const before = own[index - 1];
        if (before?.fin !== inicio || before.precioUsd === precioUsd) return [];
        return [{ fecha: inicio, almacen, anterior: before.precioUsd, nuevo: precioUsd }];
      }),
    )
    .toSorted((a, b) => (a.fecha < b.fecha ? -1 : Number(a.fecha > b.fecha)));
