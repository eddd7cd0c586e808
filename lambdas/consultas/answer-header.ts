import { z } from '@hono/zod-openapi';
import type { Queryable } from '../core/postgres/connection.ts';
import type { Cobertura } from './queries/read-cobertura.ts';
import { readFrescura } from './queries/read-frescura.ts';
import type { Instantanea } from './queries/read-instantanea.ts';
import type { Tienda } from './queries/read-tiendas.ts';
import { Dia, Momento } from './schemas.ts';

/** Gaps that an answer lists at most, the worst first. */
const MAX_HUECOS = 100;

/** What every answer says about its data: until when they go, which days of sales are missing, and the rate of the day. */
export const AnswerHeaderSchema = z.strictObject({
  datosHasta: z.strictObject({
    existencias: Momento.nullable(),
    ventas: Momento.nullable(),
    sinCargar: z
      .array(z.string())
      .meta({ description: 'tiendas de las que un almacén, o las ventas, no se han cargado nunca' }),
  }),
  cobertura: z.strictObject({
    completa: z.boolean(),
    huecos: z.array(
      z.strictObject({ tienda: z.string(), dia: Dia, estado: z.enum(['falta', 'fallido', 'provisional']) }),
    ),
  }),
  tasa: z.strictObject({ bsPorUsd: z.number(), dia: Dia }).nullable(),
});

/** The values of `AnswerHeaderSchema`. */
export type AnswerHeader = z.infer<typeof AnswerHeaderSchema>;

/** Days of sales, both included. */
export interface Periodo {
  readonly desde: string;
  readonly hasta: string;
}

/** The gaps as an answer lists them. */
export const toCobertura = ({ completa, huecos }: Cobertura): AnswerHeader['cobertura'] => ({
  completa,
  huecos: huecos.slice(0, MAX_HUECOS),
});

/** The stores that sell; distribution centres do not. */
export const sellingOf = (tiendas: readonly Tienda[]): Tienda[] =>
  tiendas.filter(({ tipo }) => tipo === 'tienda');

export const idsOfSelling = (tiendas: readonly Tienda[]): string[] => sellingOf(tiendas).map(({ id }) => id);

/** Until when the data of these stores go, and the rate of the day. */
export async function readFrescuraOf(
  client: Queryable,
  instantanea: Instantanea,
  tiendas: readonly Tienda[],
): Promise<Omit<AnswerHeader, 'cobertura'>> {
  const { existencias, ventas, sinCargar, bsPorUsd, diaTasa } = await readFrescura(
    client,
    instantanea,
    tiendas.map(({ id }) => id),
  );
  return {
    datosHasta: { existencias, ventas, sinCargar: [...sinCargar] },
    tasa: bsPorUsd === null || diaTasa === null ? null : { bsPorUsd, dia: diaTasa },
  };
}
