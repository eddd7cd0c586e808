import type { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { readRechazos } from '../queries/read-rechazos.ts';
import type { FilaRechazada, RechazosAlmacen } from '../queries/read-rechazos.ts';
import { readRechazosVentas } from '../queries/read-rechazos-ventas.ts';
import type { LineaRechazada, RechazosVentas } from '../queries/read-rechazos-ventas.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { findTienda } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { optionsOf } from '../program/flags.ts';
import { describeOffending, describeOffendingVenta } from '../output/offending-value.ts';
import type { Offending } from '../output/offending-value.ts';
import { printJson } from '../output/summarize.ts';
import { renderTable, shorten } from '../output/table.ts';
import type { Column } from '../output/table.ts';

/** What is in quarantine of the inventory and of the sales. */
interface Rechazos {
  readonly inventario: readonly RechazosAlmacen[];
  readonly ventas: readonly RechazosVentas[];
}

/** Answers `rechazos`: the rows in quarantine, and why they were rejected. */
export async function answerRechazos({ readCatalogo, withContext }: Asking, command: Command): Promise<void> {
  const { json, tienda, csv } = optionsOf(command, {
    tienda: z.string().optional(),
    csv: z.boolean().default(false),
  });
  const catalogo = readCatalogo();
  const tiendas =
    tienda === undefined ? catalogo.filter(({ activa }) => activa) : [findTienda(tienda, catalogo)];
  const almacenes = tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo));
  await withContext(async (context) => {
    const rechazos = await askDatabase(context, async (client) => ({
      inventario: await readRechazos(client, almacenes),
      ventas: await readRechazosVentas(
        client,
        tiendas.map(({ id }) => id),
      ),
    }));
    if (json) printJson(toList(rechazos));
    else process.stdout.write(csv ? renderCsv(rechazos) : render(rechazos));
  });
}

/** One list, in which those of the sales have no warehouse. */
const toList = ({ inventario, ventas }: Rechazos): unknown[] => [
  ...inventario.map((rechazos) => ({ ...rechazos, flujo: 'inventario' })),
  ...ventas.map((rechazos) => ({ ...rechazos, flujo: 'ventas', almacen: null })),
];

type Row = FilaRechazada & Pick<RechazosAlmacen, 'tienda' | 'almacen' | 'ejecucionId' | 'inicio'>;
type VentaRow = LineaRechazada & Pick<RechazosVentas, 'tienda' | 'ejecucionId' | 'inicio'>;

const toRows = (rechazos: readonly RechazosAlmacen[]): Row[] =>
  rechazos.flatMap(({ tienda, almacen, ejecucionId, inicio, filas }) =>
    filas.map((fila) => ({ tienda, almacen, ejecucionId, inicio, ...fila })),
  );

const toVentaRows = (rechazos: readonly RechazosVentas[]): VentaRow[] =>
  rechazos.flatMap(({ tienda, ejecucionId, inicio, filas }) =>
    filas.map((fila) => ({ tienda, ejecucionId, inicio, ...fila })),
  );

/** Characters shown of a value, of a name and of a code, at most; `--csv` and `--json` have the whole row. */
const VALUE = 20;
const NAME = 40;
const CODE = 12;
const INVOICE = 18;

/** What KLK has to correct comes first, then where it was found. */
const COLUMNS: readonly Column<Row & Offending>[] = [
  { title: 'Campo', cell: ({ campo }) => campo },
  { title: 'Valor', cell: ({ valor }) => shorten(valor, VALUE) },
  { title: 'Producto', cell: ({ nombre }) => nombre && shorten(nombre, NAME), wraps: true },
  { title: 'Código', cell: ({ producto }) => (producto === null ? undefined : shorten(producto, CODE)) },
  { title: 'Almacén', cell: ({ almacen }) => almacen },
  { title: 'Ejecución', cell: ({ ejecucionId }) => ejecucionId.slice(0, 8) },
];

const VENTAS_COLUMNS: readonly Column<VentaRow & Offending>[] = [
  { title: 'Campo', cell: ({ campo }) => campo },
  { title: 'Valor', cell: ({ valor }) => shorten(valor, VALUE) },
  { title: 'Producto', cell: ({ nombre }) => nombre && shorten(nombre, NAME), wraps: true },
  { title: 'Factura', cell: ({ factura }) => (factura === null ? undefined : shorten(factura, INVOICE)) },
  { title: 'Línea', cell: ({ linea }) => linea ?? undefined },
];

function render({ inventario, ventas }: Rechazos): string {
  if (inventario.length + ventas.length === 0) return 'Ninguna fila en cuarentena\n';
  return [
    inventario.length === 0 ? '' : renderInventario(inventario),
    inventario.length > 0 && ventas.length > 0 ? '\n' : '',
    ventas.length === 0 ? '' : renderVentas(ventas),
  ].join('');
}

function renderInventario(rechazos: readonly RechazosAlmacen[]): string {
  const rows = toRows(rechazos).map((row) => ({ ...row, ...describeOffending(row) }));
  return [
    renderTable(COLUMNS, rows, ({ explicacion, tienda, inicio }) => [
      `${explicacion}; ${tienda}, ${toHora(inicio)}`,
    ]),
    describeLost(rechazos),
    'Cada artículo conserva la existencia que tenía. Filas enteras: --csv o --json\n',
  ].join('');
}

function renderVentas(rechazos: readonly RechazosVentas[]): string {
  const rows = toVentaRows(rechazos).map((row) => ({ ...row, ...describeOffendingVenta(row) }));
  return [
    'Líneas de ventas\n',
    renderTable(VENTAS_COLUMNS, rows, ({ explicacion, tienda, dia, desde, ejecucionId }) => [
      `${explicacion}; ${tienda}, ${dia} desde las ${desde}, ejecución ${ejecucionId.slice(0, 8)}`,
    ]),
    describeLost(rechazos),
    'Si la base ya tenía la línea, la conserva. Filas enteras: --csv o --json\n',
  ].join('');
}

function describeLost(
  rechazos: readonly { readonly rechazados: number; readonly filas: readonly unknown[] }[],
): string {
  const lost = rechazos.reduce(
    (sum, { rechazados, filas }) => sum + Math.max(0, rechazados - filas.length),
    0,
  );
  return lost > 0 ? `… y ${lost} más que no se ${lost === 1 ? 'guardó' : 'guardaron'}\n` : '';
}

/** For a spreadsheet: with a byte order mark, and KLK's texts escaped so that none runs as a formula. */
const renderCsv = ({ inventario, ventas }: Rechazos): string =>
  stringify(
    [
      ...toRows(inventario).map((row) => ({ ...row, flujo: 'inventario' })),
      ...toVentaRows(ventas).map((row) => ({ ...row, flujo: 'ventas' })),
    ].map((row) => ({ ...row, inicio: toHora(row.inicio) })),
    {
      header: true,
      columns: [
        'tienda',
        'almacen',
        'inicio',
        'producto',
        'motivo',
        'fila',
        'flujo',
        'dia',
        'desde',
        'factura',
        'linea',
      ],
      bom: true,
      escape_formulas: true,
    },
  );
