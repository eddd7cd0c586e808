import type { Command } from 'commander';
import { z } from 'zod';
import { tiendaByAlmacen } from '../../lambdas/core/config/catalogo.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { toPipelineError } from '../../lambdas/core/errors/errors.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { renderRemedy } from '../../lambdas/core/run/remedy.ts';
import type { Asker } from '../../lambdas/core/klk/ask.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { sumDecimals } from '../../lambdas/ventas-klk/sum-decimals.ts';
import { endOf, splitTramo, startOf } from '../../lambdas/ventas-klk/tramo.ts';
import type { Tramo } from '../../lambdas/ventas-klk/tramo.ts';
import type { LineaRow, RechazoVenta } from '../../lambdas/ventas-klk/transform/rows.ts';
import { transformVentas } from '../../lambdas/ventas-klk/transform/transform-ventas.ts';
import { readFacturasDeOtroDia, readLineas, readTramos } from '../queries/read-ventas.ts';
import { countOf, toUsd } from '../output/amounts.ts';
import { askTramo, withVentasAsker } from './ask-ventas.ts';
import { findVendedoras, LONG_QUESTION_LIMIT_MS, parseDia, printAnswer } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { compareLineas } from './compare-ventas.ts';
import type { Comparison, Linea } from './compare-ventas.ts';
import { optionsOf } from '../program/flags.ts';
import { orderOf, remedyOf } from '../program/remedy.ts';
import type { Reader } from '../program/remedy.ts';
import { AnsweredBadly } from '../program/run-command.ts';
import { renderTable } from '../output/table.ts';
import type { Column } from '../output/table.ts';
import { paint, wrap, wrapBehindMark } from '../output/terminal.ts';

/** Sums over lines; the money is USD as decimal text. */
interface Sumas {
  readonly lineas: number;
  readonly facturas: number;
  readonly ventaUsd: string;
}

/** A part of the day that could not be compared. */
interface NotCompared {
  readonly desde: string;
  readonly hasta: string;
  readonly codigo: CodigoError;
  readonly mensaje: string;
}

/** The differences between KLK and the database on one store's day, in the slices that KLK answered. */
interface TiendaComparison extends Comparison {
  readonly tienda: string;
  readonly nombre: string;
  /** Lines of KLK that are rejected, by the comparison or by the load. */
  readonly enCuarentena: number;
  readonly sinComparar: readonly NotCompared[];
  readonly klk: Sumas;
  readonly base: Sumas;
}

/** The comparison of a day. */
interface DayComparison {
  readonly dia: string;
  readonly momento: Date;
  readonly cuadra: boolean;
  readonly tiendas: readonly TiendaComparison[];
}

/** Answers `cuadrar`: asks KLK again for a day and compares it with the database, line by line. Writes nothing. */
export async function answerCuadrar({ readCatalogo, withContext }: Asking, command: Command): Promise<void> {
  const { json, ...options } = optionsOf(command, {
    dia: z.string().optional(),
    tiendas: z.array(z.string()).optional(),
  });
  if (options.dia === undefined) throw new ConfiguracionInvalida(['falta el día: cuadrar --dia AAAA-MM-DD']);
  const dia = parseDia('--dia', options.dia);
  const tiendas = findVendedoras(options.tiendas, readCatalogo());
  await withContext(async (context) => {
    const cuadre = await compareDia(context, tiendas, dia);
    printAnswer(cuadre, json, (answer) => renderCuadre(answer, context));
    if (!cuadre.cuadra) throw new AnsweredBadly();
  }, LONG_QUESTION_LIMIT_MS);
}

/** Compares the day of each store, one after the other. */
async function compareDia(
  context: QuestionContext,
  tiendas: readonly Tienda[],
  dia: string,
): Promise<DayComparison> {
  const tiendaDeAlmacen = tiendaByAlmacen(context.readCatalogo());
  const momento = new Date();
  const cuadres = await withVentasAsker(context, tiendas, async (asker) => {
    const done: TiendaComparison[] = [];
    for (const tienda of tiendas) {
      done.push(await compareTienda(context, asker, { tienda, dia, momento, tiendaDeAlmacen }));
    }
    return done;
  });
  const cuadra = cuadres.every(
    ({ faltan, sobran, distintas, sinComparar }) =>
      faltan.length + sobran.length + distintas.length + sinComparar.length === 0,
  );
  return { dia, momento, cuadra, tiendas: cuadres };
}

/** The day of a store that is compared. */
interface StoreDay {
  readonly tienda: Tienda;
  readonly dia: string;
  readonly momento: Date;
  readonly tiendaDeAlmacen: ReadonlyMap<string, string>;
}

async function compareTienda(
  context: QuestionContext,
  asker: Asker,
  storeDay: StoreDay,
): Promise<TiendaComparison> {
  const { tienda, dia } = storeDay;
  const recibido = await askDia(context, asker, storeDay);
  const { lineas, compared, rechazos, sinComparar } = recibido;
  const { held, repetidas } = await askDatabase(context, async (client) => {
    const all = await readLineas(client, tienda.id, dia);
    const known = new Set(all.map(({ numero_factura }) => numero_factura));
    const unknown = [...new Set(lineas.map(({ numero_factura }) => numero_factura))].filter(
      (id) => !known.has(id),
    );
    return { held: all, repetidas: new Set(await readFacturasDeOtroDia(client, tienda.id, dia, unknown)) };
  });
  const base = held.filter((row) => compared.some((tramo) => isWithin(row, tramo)));
  const klk = lineas.filter(({ numero_factura }) => !repetidas.has(numero_factura));
  return {
    tienda: tienda.id,
    nombre: tienda.nombre,
    ...compareLineas(klk, base, rechazos),
    enCuarentena: rechazos.length + lineas.length - klk.length,
    sinComparar,
    klk: sumUp(klk),
    base: sumUp(base),
  };
}

/** What KLK answers about a store's day, and the slices without an acceptable answer. */
interface Received {
  readonly lineas: readonly LineaRow[];
  readonly rechazos: readonly RechazoVenta[];
  readonly compared: readonly Tramo[];
  readonly sinComparar: readonly NotCompared[];
}

async function askDia(
  context: QuestionContext,
  asker: Asker,
  { tienda, dia, momento, tiendaDeAlmacen }: StoreDay,
): Promise<Received> {
  const known = await askDatabase(context, (client) => readTramos(client, tienda.id, dia));
  const day = { tienda: tienda.id, dia, desde: '00:00', hasta: '24:00' };
  const tramos =
    known.length === 0
      ? splitTramo(day, [], 1)
      : known.flatMap(({ desde, hasta, leido }) => {
          const tramo = { ...day, desde, hasta };
          // Nobody knows yet how many lines it has.
          return leido === null ? splitTramo(tramo, [], 1) : [tramo];
        });
  const lineas: LineaRow[] = [];
  const rechazos: RechazoVenta[] = [];
  const compared: Tramo[] = [];
  const sinComparar: NotCompared[] = [];
  for (const asked of tramos.filter((tramo) => startOf(tramo) <= momento)) {
    for (const answer of await askTramo(asker, tienda, asked)) {
      const { desde, hasta } = answer;
      const tramo = { ...day, desde, hasta };
      try {
        if ('error' in answer) throw answer.error;
        const transformed = transformVentas(answer.extraccion.lineas, { tramo, tiendaDeAlmacen });
        lineas.push(...transformed.lineas);
        rechazos.push(...transformed.rechazos);
        compared.push(tramo);
      } catch (thrown) {
        const { codigo, message } = toPipelineError(thrown);
        sinComparar.push({ desde, hasta, codigo, mensaje: message });
      }
    }
  }
  return { lineas, rechazos, compared, sinComparar };
}

function isWithin({ fecha_venta }: LineaRow, tramo: Tramo): boolean {
  const momento = new Date(fecha_venta);
  return startOf(tramo) <= momento && momento < endOf(tramo);
}

const sumUp = (rows: readonly LineaRow[]): Sumas => ({
  lineas: rows.length,
  facturas: new Set(rows.map(({ numero_factura }) => numero_factura)).size,
  ventaUsd: sumDecimals(rows.map(({ venta_total }) => venta_total)),
});

const COLUMNS: readonly Column<TiendaComparison>[] = [
  { title: 'Tienda', cell: ({ tienda, nombre }) => `${tienda} ${nombre}`, wraps: true },
  { title: 'Iguales', cell: ({ iguales }) => iguales },
  { title: 'Faltan', cell: ({ faltan }) => faltan.length },
  { title: 'Sobran', cell: ({ sobran }) => sobran.length },
  { title: 'Distintas', cell: ({ distintas }) => distintas.length },
  { title: 'USD en KLK', cell: ({ klk }) => toUsd(klk.ventaUsd), right: true },
  { title: 'USD en la base', cell: ({ base }) => toUsd(base.ventaUsd), right: true },
];

/** Lines shown of each kind; `--json` has all. */
const SHOWN = 5;

/** The comparison as a table, and below it what differs. */
function renderCuadre({ dia, momento, cuadra, tiendas }: DayComparison, reader: Reader): string {
  return [
    `Ventas del ${dia}: lo que KLK contesta el ${toHora(momento)} contra la base\n`,
    renderTable(COLUMNS, tiendas),
    ...tiendas.flatMap((tienda) => describeTienda(tienda, dia, reader)),
    cuadra
      ? 'Cuadra: no hay ninguna diferencia\n'
      : wrapLine('Faltan: KLK las tiene y la base no. Sobran: la base las tiene y KLK ya no.'),
    tiendas.some(({ faltan, sobran, distintas }) => faltan.length + sobran.length + distintas.length > 0)
      ? `Para leer el día otra vez: ${readAgain(tiendas, dia, reader)}\n`
      : '',
  ].join('');
}

function describeTienda(
  { tienda, faltan, sobran, distintas, enCuarentena, sinComparar }: TiendaComparison,
  dia: string,
  reader: Reader,
): string[] {
  return [
    listLineas(tienda, 'faltan', faltan.map(nameLinea)),
    listLineas(tienda, 'sobran', sobran.map(nameLinea)),
    listLineas(
      tienda,
      'distintas',
      distintas.map(
        (linea) =>
          `${nameLinea(linea)}: ${linea.diferencias
            .map(({ columna, klk, base }) => `${columna} ${show(klk)} en KLK, ${show(base)} en la base`)
            .join('; ')}`,
      ),
    ),
    enCuarentena === 0
      ? ''
      : wrapLine(`${tienda}: ${countOf(enCuarentena, 'línea', 'líneas')} en cuarentena, que no se comparan`),
    ...sinComparar.flatMap(({ desde, hasta, codigo, mensaje }) => [
      `${paint('red', '✗')} ${wrapLine(`${tienda}, de ${desde} a ${hasta}, sin comparar: ${codigo}: ${mensaje}`)}`,
    ]),
    ...[...new Set(sinComparar.map(({ codigo }) => codigo))].map(
      (codigo) =>
        `  ${renderRemedy(remedyOf(codigo, { tiendas: [tienda], flujo: 'ventas', desde: dia, hasta: dia }, reader))}\n`,
    ),
  ];
}

const nameLinea = ({ factura, linea }: Linea): string => `${factura} línea ${linea}`;

const show = (value: string | number | boolean | null): string => (value === null ? 'nada' : String(value));

function listLineas(tienda: string, what: string, lineas: readonly string[]): string {
  if (lineas.length === 0) return '';
  const more = lineas.length > SHOWN ? `  … y ${lineas.length - SHOWN} más; todas con --json\n` : '';
  return `${tienda}, ${what}:\n${lineas
    .slice(0, SHOWN)
    .map((text) => `  ${wrapBehindMark(text)}`)
    .join('')}${more}`;
}

function readAgain(tiendas: readonly TiendaComparison[], dia: string, { place }: Reader): string {
  const differing = tiendas
    .filter(({ faltan, sobran, distintas }) => faltan.length + sobran.length + distintas.length > 0)
    .map(({ tienda }) => tienda);
  return orderOf(place, 'ventas', '--tiendas', ...differing, '--desde', dia, '--hasta', dia);
}

const wrapLine = (text: string): string => `${wrap(text, 78)}\n`;
