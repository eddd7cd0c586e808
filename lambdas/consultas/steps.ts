import type { Version } from './queries/read-articulo.ts';

/** From `momento` on the stock is `cantidad`; null while the article was in no inventory. */
type Step = [momento: string, cantidad: number | null];

/** The stock of a warehouse as steps. */
export interface Steps {
  readonly almacen: string;
  readonly pasos: Step[];
}

/** A price that changed. */
export interface CambioDePrecio {
  readonly fecha: string;
  readonly almacen: string;
  readonly anterior: number | null;
  readonly nuevo: number | null;
}

/** The stock of each warehouse as steps, from its versions in order. A gap between two versions is a step to null. */
export function toSteps(versiones: readonly Version[]): Steps[] {
  return [...Map.groupBy(versiones, ({ almacen }) => almacen)].map(([almacen, own]) => ({
    almacen,
    pasos: own.flatMap(({ cantidad, inicio, fin }, index): Step[] => {
      const before = own[index - 1];
      const after = own[index + 1];
      const goesOn = before?.fin === inicio && before.cantidad === cantidad;
      return [
        ...(goesOn ? [] : [[inicio, cantidad] satisfies Step]),
        ...(fin === null || fin === after?.inicio ? [] : [[fin, null] satisfies Step]),
      ];
    }),
  }));
}

/** The prices that changed from one version to the next, oldest first. A version after a gap changes no price. */
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
