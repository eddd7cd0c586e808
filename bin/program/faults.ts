import { z } from 'zod';
import { KLK_FAULTS, VENTAS_FAULTS, isKlkFault, isVentasFault } from '../../local/klk-simulator/faults.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkFault, VentasFault } from '../../local/klk-simulator/faults.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { suggest } from '../../lambdas/core/config/suggest.ts';

/** The option `--falla`. */
export const faultsShape = { falla: z.array(z.string()).default([]) };

/** A fault of the simulator for one warehouse, for the sales of one branch, or `*` for all. */
export interface FaultOfCodigo {
  readonly codigo: string;
  readonly fault: KlkFault | VentasFault;
}

/**
 * `--falla CODIGO=tipo`, as often as given.
 * @throws ConfiguracionInvalida naming every problem, the known warehouses and branches, and the kinds of fault.
 */
export function parseFaults(values: readonly string[], tiendas: readonly Tienda[]): FaultOfCodigo[] {
  const almacenes = tiendas.flatMap((tienda) => tienda.almacenes.map(({ codigo }) => codigo));
  const sucursales = tiendas.map(({ sucursalKlk }) => sucursalKlk);
  const codigos = [...almacenes, ...sucursales];
  const problemas: string[] = [];
  const faults = values.flatMap((value) => {
    const [codigo = '', ...rest] = value.split('=');
    const fault = rest.join('=');
    if (codigo !== '*' && !codigos.includes(codigo)) {
      problemas.push(
        `--falla ${value}: no existe el almacén ni la sucursal ${codigo}; ${suggest(codigo, codigos)}, o * para todos`,
      );
    }
    const known = isVentasFault(fault) || isKlkFault(fault);
    if (!known) {
      const names = Object.keys({ ...KLK_FAULTS, ...VENTAS_FAULTS });
      problemas.push(`--falla ${value}: no existe la falla "${fault}"; ${suggest(fault, names)}`);
      return [];
    }
    if (sucursales.includes(codigo) && !almacenes.includes(codigo) && !isVentasFault(fault)) {
      problemas.push(
        `--falla ${value}: ${fault} es una falla del inventario, y ${codigo} es una sucursal; use el código de su almacén`,
      );
    }
    return [{ codigo, fault }];
  });
  if (problemas.length > 0) throw new ConfiguracionInvalida(problemas);
  return faults;
}

export function switchOn(klk: KlkSimulator, faults: readonly FaultOfCodigo[]): void {
  for (const { codigo, fault } of faults) klk.setFault(codigo, fault);
}
