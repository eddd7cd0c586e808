import type { Command } from 'commander';
import { fetchAlmacenes } from '../../lambdas/inventario-klk/extract/fetch-almacenes.ts';
import { withKlkClient } from '../../lambdas/inventario-klk/extract/klk-client.ts';
import type { Systems } from '../../lambdas/inventario-klk/systems.ts';
import { printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { addCommand, optionsOf, withJson } from './command.ts';
import { compareCatalogo } from './compare-catalogo.ts';
import type { Comparacion, ListasKlk } from './compare-catalogo.ts';
import { paint } from './paint.ts';
import { AnsweredBadly } from './run-command.ts';

/** Adds `tiendas`: whether KLK knows the catalogue's codes, and what it has that the catalogue lacks. */
export function addTiendas(program: Command, { withSystems }: Asking): void {
  withJson(addCommand(program, 'tiendas', 'compara el catálogo de tiendas con los almacenes de KLK')).action(
    async (_options, command: Command) => {
      const { json } = optionsOf(command, {});
      await withSystems(async (systems) => {
        const comparacion = compareCatalogo(systems.readCatalogo(), await fetchListas(systems));
        printAnswer(comparacion, json, render);
        if (comparacion.desconocidos.length > 0) throw new AnsweredBadly();
      });
    },
  );
}

async function fetchListas(systems: Systems): Promise<ListasKlk> {
  const settings = await systems.readKlkSettings();
  const { signal } = systems.deadline;
  return withKlkClient(settings, systems.readTunables().klk, async (client) => ({
    pisoventa: await fetchAlmacenes(client, 'pisoventa', signal),
    reposicion: await fetchAlmacenes(client, 'Reposicion', signal),
  }));
}

function render({ coinciden, desconocidos, diferencias, faltan }: Comparacion): string {
  return [
    `Almacenes del catálogo que KLK conoce: ${coinciden}\n`,
    ...desconocidos.map(
      ({ tienda, almacen, activa, parecido }) =>
        `${paint('red', '✗')} KLK no conoce ${almacen}, de ${tienda}${activa ? '' : ' (inactiva)'}${parecido === undefined ? '' : `; ¿será ${parecido}?`}\n`,
    ),
    ...diferencias.map(
      ({ tienda, almacen, dato, catalogo, klk }) =>
        `${paint('yellow', '!')} ${almacen}, de ${tienda}: ${dato} ${catalogo} en el catálogo, ${klk} en KLK\n`,
    ),
    ...faltan.map(
      ({ almacenes, tienda, entrada }) =>
        `${paint('cyan', '+')} KLK tiene y el catálogo no: ${almacenes.map(({ codigo, nombre }) => `${codigo} ${nombre}`).join(', ')}\n` +
        `  Para cargarlos, pegue en tiendas.json${tienda === undefined ? ' (con el id que le toque)' : `, en "almacenes" de ${tienda}`}:\n` +
        `${indent(JSON.stringify(entrada, null, 2))}\n`,
    ),
  ].join('');
}

const indent = (text: string): string => text.replaceAll(/^/gm, '    ');
