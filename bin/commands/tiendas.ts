import type { Command } from 'commander';
import type { Almacen } from '../../lambdas/core/config/catalogo.ts';
import { fetchAlmacenes } from '../../lambdas/core/klk/fetch-almacenes.ts';
import type { AlmacenKlk } from '../../lambdas/core/klk/fetch-almacenes.ts';
import { withKlkClient } from '../../lambdas/core/klk/client.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { printAnswer } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { optionsOf } from '../program/flags.ts';
import { compareCatalogo } from './compare-catalogo.ts';
import type { Comparison, MissingEntry, ListasKlk } from './compare-catalogo.ts';
import { paint, wrapBehindMark } from '../output/terminal.ts';
import { AnsweredBadly } from '../program/run-command.ts';

/** Answers `tiendas`: whether KLK knows the catalogue's codes, and what it has that the catalogue lacks. */
export async function answerTiendas({ withContext }: Asking, command: Command): Promise<void> {
  const { json } = optionsOf(command, {});
  await withContext(async (context) => {
    const comparacion = compareCatalogo(context.readCatalogo(), await fetchListas(context));
    printAnswer(comparacion, json, render);
    if (comparacion.desconocidos.length > 0) throw new AnsweredBadly();
  });
}

async function fetchListas(context: QuestionContext): Promise<ListasKlk> {
  const settings = await context.readKlkSettings();
  const { signal } = context.deadline;
  return withKlkClient(settings, context.readTunables().klk, async (client) => ({
    pisoventa: await fetchAlmacenes(client, 'pisoventa', signal),
    reposicion: await fetchAlmacenes(client, 'Reposicion', signal),
  }));
}

function render({ coinciden, desconocidos, diferencias, faltan, sinVenta }: Comparison): string {
  return [
    `Almacenes del catálogo que KLK conoce: ${coinciden}\n`,
    ...desconocidos.map(
      ({ tienda, almacen, activa, parecido, entrada }) =>
        `${paint('red', '✗')} KLK no conoce ${almacen}, de ${tienda}${activa ? '' : ' (inactiva)'}${parecido === undefined ? '' : `; ¿será ${parecido}?`}\n` +
        (entrada === undefined
          ? ''
          : `  Si lo es, en tiendas.json, en "almacenes" de ${tienda}, cambie ${almacen} por:\n${renderEntry(entrada)}`),
    ),
    ...diferencias.map(
      ({ tienda, almacen, dato, catalogo, klk }) =>
        `${paint('yellow', '!')} ${wrapBehindMark(`${almacen}, de ${tienda}: ${dato} ${catalogo} en el catálogo, ${klk} en KLK`)}`,
    ),
    ...faltan.map(
      ({ almacenes, tienda, entrada }) =>
        `${paint('cyan', '+')} ${wrapBehindMark(`KLK tiene y el catálogo no: ${nameAll(almacenes)}`)}` +
        `  Para cargarlos, pegue en tiendas.json${tienda === undefined ? ' (con el id que le toque)' : `, en "almacenes" de ${tienda}`}:\n` +
        renderEntry(entrada),
    ),
    sinVenta.length === 0 ? '' : wrapBehindMark(`No son piso de venta, y no se cargan: ${nameAll(sinVenta)}`),
  ].join('');
}

const nameAll = (almacenes: readonly AlmacenKlk[]): string =>
  almacenes.map(({ codigo, nombre }) => `${codigo} ${nombre}`).join(', ');

const renderEntry = (entrada: MissingEntry['entrada'] | Almacen): string =>
  `${JSON.stringify(entrada, null, 2).replaceAll(/^/gm, '    ')}\n`;
