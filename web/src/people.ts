import { createContext } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import type { Sesion, Tienda } from './answers.ts';

/** The reader with his stores; undefined until the API has answered. */
export const Reader = createContext<Sesion | undefined>(undefined);

/** Whether the API is still asked for the reader. Until it answers, stores have no names. */
export const ReaderPending = createContext(false);

/** The stores that the reader may choose. */
export const useTiendas = (): readonly Tienda[] => useContext(Reader)?.tiendas ?? [];

/** Finds the name of a store; its id until the API has answered. */
export function useNameOf(): (id: string) => string {
  const reader = useContext(Reader);
  return useMemo(() => (id) => reader?.nombres.find((tienda) => tienda.id === id)?.nombre ?? id, [reader]);
}

/** The name of the one store that a page is about, chosen or the reader's only one; undefined when it is about several. */
export function useOneStore(chosen: string | undefined): string | undefined {
  const nameOf = useNameOf();
  const tiendas = useTiendas();
  const only = tiendas.length === 1 ? tiendas[0]?.id : undefined;
  const id = chosen ?? only;
  return id === undefined ? undefined : nameOf(id);
}
