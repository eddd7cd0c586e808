import { z } from 'zod';
import { KLK_FAULTS, isKlkFault } from '../../local/klk-simulator/faults.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkFault } from '../../local/klk-simulator/faults.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { suggest } from '../../lambdas/core/config/suggest.ts';

/** The option `--falla`. */
export const faultsShape = { falla: z.array(z.string()).default([]) };

/** A fault of the simulator for one warehouse, or `*` for all. */
export interface FaultOfAlmacen {
  readonly codigo: string;
  readonly fault: KlkFault;
}

/**
 * `--falla CODIGO=tipo`, as often as given.
 * @throws ConfiguracionInvalida naming every problem, the known warehouses and the kinds of fault.
 */
export function parseFaults(values: readonly string[], tiendas: readonly Tienda[]): FaultOfAlmacen[] {
  const codigos = tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));
  const problemas: string[] = [];
  const faults = values.flatMap((value) => {
    const [codigo = '', ...rest] = value.split('=');
    const fault = rest.join('=');
    if (codigo !== '*' && !codigos.includes(codigo)) {
      problemas.push(
        `--falla ${value}: no existe el almacén ${codigo}; ${suggest(codigo, codigos)}, o * para todos`,
      );
    }
    if (!isKlkFault(fault)) {
      problemas.push(
        `--falla ${value}: no existe la falla "${fault}"; ${suggest(fault, Object.keys(KLK_FAULTS))}`,
      );
      return [];
    }
    return [{ codigo, fault }];
  });
  if (problemas.length > 0) throw new ConfiguracionInvalida(problemas);
  return faults;
}

export function switchOn(klk: KlkSimulator, faults: readonly FaultOfAlmacen[]): void {
  for (const { codigo, fault } of faults) klk.setFault(codigo, fault);
}
