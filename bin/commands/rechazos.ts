import { Option } from 'commander';
import type { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { askDatabase } from '../../lambdas/inventario-klk/runs/ask-database.ts';
import { readRechazos } from '../../lambdas/inventario-klk/runs/read-rechazos.ts';
import type { FilaRechazada, RechazosAlmacen } from '../../lambdas/inventario-klk/runs/read-rechazos.ts';
import { toHora } from '../../lambdas/inventario-klk/hora.ts';
import { findTienda, printAnswer } from './asking.ts';
import type { Asking } from './asking.ts';
import { addCommand, optionsOf, withJson } from './command.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

/** Characters of a row that fit beside the rest. */
const SHOWN = 70;

/** Adds `rechazos`: the rows in quarantine, and why. */
export function addRechazos(program: Command, { readCatalogo, withSystems }: Asking): void {
  withJson(
    addCommand(program, 'rechazos', 'filas que la última respuesta de cada almacén dejó en cuarentena')
      .option('--tienda <id>', 'solo las de esta tienda')
      .addOption(new Option('--csv', 'en CSV, con la fila completa').conflicts('json')),
  ).action(async (_options, command: Command) => {
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
  });
}

type Row = FilaRechazada & Pick<RechazosAlmacen, 'tienda' | 'almacen' | 'inicio'>;

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Tienda', cell: ({ tienda }) => tienda },
  { title: 'Almacén', cell: ({ almacen }) => almacen },
  { title: 'Ejecución (Caracas)', cell: ({ inicio }) => toHora(inicio) },
  { title: 'Producto', cell: ({ producto }) => producto ?? '-' },
  { title: 'Motivo', cell: ({ motivo }) => motivo },
  { title: 'Fila', cell: ({ fila }) => (fila.length > SHOWN ? `${fila.slice(0, SHOWN)}…` : fila) },
];

const toRows = (rechazos: readonly RechazosAlmacen[]): Row[] =>
  rechazos.flatMap(({ tienda, almacen, inicio, filas }) =>
    filas.map((fila) => ({ tienda, almacen, inicio, ...fila })),
  );

function render(rechazos: readonly RechazosAlmacen[]): string {
  if (rechazos.length === 0) return 'Ninguna fila en cuarentena\n';
  const lost = rechazos.reduce((sum, { rechazados, filas }) => sum + rechazados - filas.length, 0);
  return [
    renderTable(COLUMNS, toRows(rechazos)),
    lost > 0 ? `… y ${lost} más que no se guardaron\n` : '',
    'Cada artículo conserva la existencia que tenía; qué significa cada motivo: docs/errores.md\n',
  ].join('');
}

/** For a spreadsheet: marked as UTF-8, and without texts of KLK's that it would run as formulas. */
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
