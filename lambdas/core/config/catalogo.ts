import { z } from 'zod';
import { ConfiguracionInvalida, describeIssues, EN_ESPANOL } from '../errors/invalid.ts';
import tiendasJson from './tiendas.json' with { type: 'json' };

const texto = z.string().trim().min(1);

const AlmacenSchema = z.strictObject({ codigo: texto, nombre: texto });

const TiendaSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/, 'debe ser minúsculas, dígitos y _, como tienda_01'),
  nombre: texto,
  tipo: z.enum(['tienda', 'cedi']),
  activa: z.boolean(),
  almacenes: z.array(AlmacenSchema).min(1),
  sucursalKlk: texto,
});

const CatalogoSchema = z
  .strictObject({ $comment: z.string().optional(), tiendas: z.array(TiendaSchema).min(1) })
  .superRefine(({ tiendas }, context) => {
    const repeated = (label: string, values: readonly string[]): void => {
      const twice = new Set(values.filter((value, index) => values.indexOf(value) !== index));
      for (const value of twice) context.addIssue({ code: 'custom', message: `${label} repetido: ${value}` });
    };
    repeated(
      'id de tienda',
      tiendas.map(({ id }) => id),
    );
    repeated(
      'sucursalKlk',
      tiendas.map(({ sucursalKlk }) => sucursalKlk),
    );
    repeated(
      'código de almacén',
      tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo)),
    );
  });

/** A warehouse of the catalogue; `codigo` is KLK's. */
export type Almacen = z.infer<typeof AlmacenSchema>;

/** A store (or distribution centre) of the catalogue, with its warehouses. */
export type Tienda = z.infer<typeof TiendaSchema>;

/** Why no sales are read of a store, or undefined: distribution centres do not sell. */
export function obstacleToSell({ activa, tipo }: Pick<Tienda, 'activa' | 'tipo'>): string | undefined {
  if (!activa) return 'está inactiva';
  return tipo === 'tienda' ? undefined : 'no vende';
}

/** Whether sales are read of a store. */
export const sells = (tienda: Pick<Tienda, 'activa' | 'tipo'>): boolean =>
  obstacleToSell(tienda) === undefined;

/** The id of the store of each warehouse, by the warehouse's code. */
export const tiendaByAlmacen = (catalogo: readonly Tienda[]): ReadonlyMap<string, string> =>
  new Map(catalogo.flatMap(({ id, almacenes }) => almacenes.map(({ codigo }) => [codigo, id] as const)));

/**
 * A catalogue of stores, from the JSON text of a file.
 * @throws ConfiguracionInvalida naming every problem and the file.
 */
export function parseCatalogo(text: string, archivo: string): readonly Tienda[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ConfiguracionInvalida([`${archivo}: no es JSON (${String(error)})`]);
  }
  return checkCatalogo(json, archivo);
}

/** The stores of the chain, from `tiendas.json`. */
export const readCatalogo = (): readonly Tienda[] => checkCatalogo(tiendasJson, 'tiendas.json');

function checkCatalogo(json: unknown, archivo: string): readonly Tienda[] {
  const parsed = CatalogoSchema.safeParse(json, EN_ESPANOL);
  if (parsed.success) return parsed.data.tiendas;
  throw new ConfiguracionInvalida(describeIssues(parsed.error).map((problema) => `${archivo}: ${problema}`));
}
