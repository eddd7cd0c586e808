import { sells } from '../../lambdas/core/config/catalogo.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';

/** A user who logs in to the page of this machine with one click. */
export interface Persona {
  /** Also the subject of the token. */
  readonly id: string;
  /** What the button says. */
  readonly texto: string;
  /** Claims as a Cognito pool gives them. */
  readonly claims: Readonly<Record<string, string | readonly string[]>>;
}

/** A buyer, and a manager of each active store that sells. */
export const listPersonas = (tiendas: readonly Tienda[]): readonly Persona[] => [
  {
    id: 'comprador',
    texto: 'Comprador: todas las tiendas',
    claims: { 'cognito:username': 'comprador', 'cognito:groups': ['compradores'] },
  },
  ...tiendas.filter(sells).map(({ id, nombre }) => ({
    id: `gerente-${id}`,
    texto: `Gerente de ${nombre}`,
    claims: {
      'cognito:username': `gerente-${id}`,
      'cognito:groups': ['gerentes'],
      'custom:tiendas': id,
    },
  })),
];
