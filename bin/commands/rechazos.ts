import type { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { readRechazos } from '../queries/read-rechazos.ts';
import type { FilaRechazada, RechazosAlmacen } from '../queries/read-rechazos.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { findTienda, printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { optionsOf } from './flags.ts';
import { describeOffending } from './offending-value.ts';
import type { Offending } from './offending-value.ts';
import { renderTable, shorten } from './table.ts';
import type { Column } from './table.ts';

/** Answers `rechazos`: the rows in quarantine, and why they were rejected. */
export async function answerRechazos({ readCatalogo, withSystems }: Asking, command: Command): Promise<void> {
  const { json, tienda, csv } = optionsOf(command, {
    tienda: z.string().optional(),
    csv: z.boolean().default(false),
  });
  const catalogo = readCatalogo();
  const tiendas =
    tienda === undefined ? catalogo.filter(({ activa }) => activa) : [findTienda(tienda, catalogo)];
  const almacenes = tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));
  await withSystems(async (systems) => {
    const rechazos = await askDatabase(systems, (client) => readRechazos(client, almacenes));
    printAnswer(rechazos, json, csv ? renderCsv : render);
  });
}

type Row = FilaRechazada & Pick<RechazosAlmacen, 'tienda' | 'almacen' | 'ejecucionId' | 'inicio'>;

const toRows = (rechazos: readonly RechazosAlmacen[]): Row[] =>
  rechazos.flatMap(({ tienda, almacen, ejecucionId, inicio, filas }) =>
    filas.map((fila) => ({ tienda, almacen, ejecucionId, inicio, ...fila })),
  );

/** Characters shown of a value, of a name and of a code, at most; `--csv` and `--json` have the whole row. */
const VALUE = 20;
const NAME = 40;
const CODE = 12;

/** What KLK has to correct comes first, then where it was found. */
const COLUMNS: readonly Column<Row & Offending>[] = [
  { title: 'Campo', cell: ({ campo }) => campo },
  { title: 'Valor', cell: ({ valor }) => shorten(valor, VALUE) },
  { title: 'Producto', cell: ({ nombre }) => nombre && shorten(nombre, NAME), wraps: true },
  { title: 'Código', cell: ({ producto }) => (producto === null ? undefined : shorten(producto, CODE)) },
  { title: 'Almacén', cell: ({ almacen }) => almacen },
  { title: 'Ejecución', cell: ({ ejecucionId }) => ejecucionId.slice(0, 8) },
];

function render(rechazos: readonly RechazosAlmacen[]): string {
  if (rechazos.length === 0) return 'Ninguna fila en cuarentena\n';
  const rows = toRows(rechazos).map((row) => ({ ...row, ...describeOffending(row) }));
  const lost = rechazos.reduce((sum, { rechazados, filas }) => sum + rechazados - filas.length, 0);
  return [
    renderTable(COLUMNS, rows, ({ explicacion, tienda, inicio }) => [
      `${explicacion}; ${tienda}, ${toHora(inicio)}`,
    ]),
    lost > 0 ? `… y ${lost} más que no se ${lost === 1 ? 'guardó' : 'guardaron'}\n` : '',
    'Cada artículo conserva la existencia que tenía. Filas enteras: --csv o --json\n',
  ].join('');
}

/** For a spreadsheet: with a byte order mark, and KLK's texts escaped so that none runs as a formula. */
const renderCsv = (rechazos: readonly RechazosAlmacen[]): string =>
  stringify(
    toRows(rechazos).map((row) => ({ ...row, inicio: toHora(row.inicio) })),
    {
      header: true,
      columns: ['tienda', 'almacen', 'inicio', 'producto', 'motivo', 'fila'],
      bom: true,
      escape_formulas: true,
    },
  );
