import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { addDias } from '../../lambdas/core/time/dia.ts';
import { useConsultas } from '../support/consultas.ts';
import { clearTables } from '../support/inventory.ts';
import { propertyWithin } from '../support/property.ts';
import { BOSQUE, PERIFERICO } from '../support/snapshots.ts';
import { hace, HOY, moment, startTrade } from '../support/trade.ts';

/*
 * Everything is computed twice: by the API, and here, from the events themselves, in the plainest way that says what the numbers mean.
 */

const { database, get } = await useConsultas();

const TIENDAS = [PERIFERICO, BOSQUE].map(({ id, almacenes }) => ({
  id,
  almacenes: almacenes.map(({ codigo }) => codigo),
}));
const ALMACENES = TIENDAS.flatMap(({ id, almacenes }) =>
  almacenes.map((almacen) => ({ almacen, tienda: id })),
);
const LIMIT_MS = 6_000;
const CODIGOS = ['000001', '000002', '000003'];
const CATEGORIAS: Readonly<Record<string, string>> = { '000001': 'UNA', '000002': 'OTRA', '000003': 'UNA' };

const world = fc.record({
  stocks: fc.uniqueArray(
    fc.record({
      almacen: fc.constantFrom(...ALMACENES.map(({ almacen }) => almacen)),
      dias: fc.integer({ min: 1, max: 40 }),
      hora: fc.constantFrom('00:00', '07:30', '23:59'),
      changes: fc.dictionary(fc.constantFrom(...CODIGOS), fc.constantFrom(null, -1, 0, 0, 0, 4)),
    }),
    { selector: ({ almacen, dias, hora }) => `${almacen} ${dias} ${hora}`, minLength: 1, maxLength: 12 },
  ),
  ventas: fc.array(
    fc.record({
      tienda: fc.constantFrom(...TIENDAS.map(({ id }) => id)),
      dias: fc.integer({ min: 0, max: 70 }),
      codigo: fc.constantFrom(...CODIGOS),
      unidad: fc.constantFrom('UNIDAD', 'UNIDAD', 'KG'),
      cantidad: fc.constantFrom(-2, -0.5, 0.25, 1, 2, 6),
      usd: fc.constantFrom(-3, 0, 0.5, 2, 7),
      costo: fc.constantFrom(null, 0, 1.25),
    }),
    { maxLength: 40 },
  ),
  tramos: fc.uniqueArray(
    fc.record({
      tienda: fc.constantFrom(...TIENDAS.map(({ id }) => id)),
      dias: fc.integer({ min: 0, max: 24 }),
      estado: fc.constantFrom('cerrado', 'cerrado', 'cerrado', 'provisional', 'pendiente', 'fallido'),
    }),
    { selector: ({ tienda, dias }) => `${tienda} ${dias}`, minLength: 20, maxLength: 50 },
  ),
  periodo: fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 })),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

async function fill({ stocks, ventas, tramos }: World): Promise<void> {
  await clearTables(database);
  await database.query('DELETE FROM ventas_recientes_hasta');
  const trade = await startTrade(database);
  for (const codigo of CODIGOS)
    trade.describe(codigo, { categoria: CATEGORIAS[codigo] ?? '', grupo_articulo: null });
  for (const { almacen, dias, hora, changes } of inOrder(stocks)) {
    await trade.stock(almacen, dias, hora, { '000009': 1, ...changes });
  }
  await database.query(
    `INSERT INTO productos (id, codigo, nombre, categoria) SELECT c, c, c, k FROM json_each_text($1::json) AS p (c, k) ON CONFLICT DO NOTHING`,
    [JSON.stringify(CATEGORIAS)],
  );
  await database.query(
    `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, unidad_medida_venta, venta_total, costo_total, utilidad_bruta)
     SELECT tienda, 'F-' || n, 1, ($1::date - dias)::timestamp AT TIME ZONE 'America/Caracas', $1::date - dias, codigo, cantidad, unidad, usd, costo, usd - costo
       FROM json_to_recordset($2::json) AS v (n integer, tienda text, dias integer, codigo text, unidad text, cantidad numeric, usd numeric, costo numeric)`,
    [HOY, JSON.stringify(ventas.map((venta, n) => ({ n, ...venta })))],
  );
  await database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, cerrado, error_codigo, error_mensaje, error_momento)
     SELECT tienda, $1::date - dias, '00:00', '24:00', estado, CASE estado WHEN 'pendiente' THEN 0 ELSE 2 END, CASE WHEN estado <> 'pendiente' THEN now() END,
            CASE estado WHEN 'cerrado' THEN now() END, CASE estado WHEN 'fallido' THEN 'KLK_TIEMPO' END, CASE estado WHEN 'fallido' THEN 'x' END,
            CASE estado WHEN 'fallido' THEN now() END
       FROM json_to_recordset($2::json) AS t (tienda text, dias integer, estado text)`,
    [HOY, JSON.stringify(tramos)],
  );
}

const inOrder = (stocks: World['stocks']): World['stocks'] =>
  stocks.toSorted((a, b) => moment(a.dias, a.hora).getTime() - moment(b.dias, b.hora).getTime());

/** What a warehouse held at each snapshot, the oldest first. */
function snapshotsOf(almacen: string, { stocks }: World) {
  let held: ReadonlyMap<string, number> = new Map();
  return inOrder(stocks)
    .filter((stock) => stock.almacen === almacen)
    .map(({ dias, hora, changes }) => {
      const next = new Map(held);
      for (const [codigo, cantidad] of Object.entries(changes)) {
        if (cantidad === null) next.delete(codigo);
        else next.set(codigo, cantidad);
      }
      held = next;
      return { dia: hace(dias), at: moment(dias, hora).getTime(), held };
    });
}

/** Since which snapshot an article has held what `holds` says, and whether it held something else at the snapshot before. */
function runOf(
  snapshots: ReturnType<typeof snapshotsOf>,
  codigo: string,
  holds: (cantidad: number) => boolean,
) {
  let first = snapshots.length - 1;
  const cantidadAt = (index: number): number | undefined => snapshots[index]?.held.get(codigo);
  const sigue = (cantidad: number | undefined): boolean => cantidad !== undefined && holds(cantidad);
  if (!sigue(cantidadAt(first))) return undefined;
  while (sigue(cantidadAt(first - 1))) first -= 1;
  const begin = snapshots[first];
  const last = snapshots.at(-1);
  if (begin === undefined || last === undefined) return undefined;
  const horas = (last.at - begin.at) / 3_600_000;
  return { ...begin, horas, conocido: cantidadAt(first - 1) !== undefined };
}

interface Sums {
  readonly unidades: number;
  readonly kilos: number;
  readonly usd: number;
}

/** What was sold of an article in a store on some days, both included. */
function soldOf({ ventas }: World, tienda: string, codigo: string, desde: string, hasta: string): Sums {
  const own = ventas.filter(
    (venta) =>
      venta.tienda === tienda &&
      venta.codigo === codigo &&
      hace(venta.dias) >= desde &&
      hace(venta.dias) <= hasta,
  );
  const sum = (of: (venta: (typeof own)[number]) => number): number =>
    own.reduce((total, venta) => total + of(venta), 0);
  return {
    unidades: sum(({ unidad, cantidad }) => (unidad === 'KG' ? 0 : cantidad)),
    kilos: sum(({ unidad, cantidad }) => (unidad === 'KG' ? cantidad : 0)),
    usd: sum(({ usd }) => usd),
  };
}

/** Units, or kilos; of both, the more. */
const cantidadOf = ({ unidades, kilos }: Sums): number =>
  kilos !== 0 && (unidades === 0 || kilos > unidades) ? kilos : unidades;

const unidadOf = ({ unidades, kilos }: Sums): string =>
  unidades !== 0 && kilos !== 0 ? 'mixto' : kilos !== 0 ? 'kg' : 'und';

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

describe('The numbers of the API', () => {
  it('/existencias agrees with the last snapshots and the sales of 28 days', async () => {
    const Answer = z.object({ filas: z.array(z.record(z.string(), z.unknown())) });
    await fc.assert(
      propertyWithin(LIMIT_MS, world, async (events) => {
        await fill(events);
        const expected = ALMACENES.flatMap(({ almacen, tienda }) => {
          const snapshots = snapshotsOf(almacen, events);
          return [...(snapshots.at(-1)?.held ?? [])].map(([codigo, cantidad]) => {
            const ventas = soldOf(events, tienda, codigo, hace(28), hace(1));
            const { unidades, kilos } = ventas;
            const otras = new Map<string, number>();
            for (const otro of ALMACENES) {
              const hay = snapshotsOf(otro.almacen, events).at(-1)?.held.get(codigo) ?? 0;
              if (otro.almacen !== almacen && hay > 0)
                otras.set(otro.tienda, (otras.get(otro.tienda) ?? 0) + hay);
            }
            return {
              fila: `${almacen} ${codigo}`,
              cantidad,
              desde: runOf(snapshots, codigo, (other) => other === cantidad)?.at,
              ventas7: cantidadOf(soldOf(events, tienda, codigo, hace(7), hace(1))),
              ventas28: cantidadOf(ventas),
              unidad: unidadOf(ventas),
              diasCobertura:
                unidades * kilos === 0 && unidades + kilos > 0
                  ? round((Math.max(cantidad, 0) * 28) / (unidades + kilos), 1)
                  : null,
              otras: Object.fromEntries(otras),
            };
          });
        });
        const Fila = z.object({
          almacen: z.string(),
          articulo: z.object({ codigo: z.string() }),
          desde: z.string().transform((iso) => Date.parse(iso)),
          cantidad: z.number(),
          ventas7: z.number(),
          ventas28: z.number(),
          unidad: z.string(),
          diasCobertura: z.number().nullable(),
          otras: z
            .array(z.object({ tienda: z.string(), cantidad: z.number() }))
            .transform((otras) =>
              Object.fromEntries(otras.map(({ tienda, cantidad }) => [tienda, cantidad])),
            ),
        });
        for (const orden of ['codigo', '-ventas']) {
          const { filas } = Answer.parse((await get(`/existencias?orden=${orden}`)).json);
          const answered = filas
            .map((fila) => Fila.parse(fila))
            .filter(({ articulo }) => articulo.codigo !== '000009')
            .map(({ almacen, articulo, ...rest }) => ({ fila: `${almacen} ${articulo.codigo}`, ...rest }));
          expect(answered.toSorted(byFila)).toEqual(expected.toSorted(byFila));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('/agotados counts an article that no warehouse of a store has once, since the last of them ran out', async () => {
    const Answer = z.object({
      total: z.object({ articulos: z.number(), usdNoVendidos: z.number() }),
      filas: z.array(
        z.object({
          tienda: z.object({ id: z.string() }),
          almacen: z.string(),
          articulo: z.object({ codigo: z.string() }),
          cantidad: z.number(),
          desde: z.string().transform((iso) => Date.parse(iso)),
          desdeConocido: z.boolean(),
          horas: z.number(),
          ventaDiaria: z.number(),
          unidadesNoVendidas: z.number(),
          usdNoVendidos: z.number(),
          ultimaVenta: z.string(),
          unidad: z.string(),
        }),
      ),
    });
    await fc.assert(
      propertyWithin(LIMIT_MS, world, async (events) => {
        await fill(events);
        const expected = TIENDAS.flatMap(({ id, almacenes }) =>
          CODIGOS.flatMap((codigo) => {
            const lugares = almacenes.map((almacen) => {
              const snapshots = snapshotsOf(almacen, events);
              return {
                almacen,
                cantidad: snapshots.at(-1)?.held.get(codigo),
                racha: runOf(snapshots, codigo, (cantidad) => cantidad <= 0),
              };
            });
            if (lugares.some(({ cantidad = 0 }) => cantidad > 0)) return [];
            const [lugar] = lugares
              .flatMap(({ racha, ...rest }) => (racha === undefined ? [] : [{ racha, ...rest }]))
              .toSorted((a, b) => b.racha.at - a.racha.at || (a.almacen < b.almacen ? -1 : 1));
            if (lugar === undefined) return [];
            const { racha, almacen, cantidad } = lugar;
            const ventas = soldOf(events, id, codigo, addDias(racha.dia, -28), addDias(racha.dia, -1));
            const vendida = cantidadOf(ventas);
            if (vendida <= 0) return [];
            const daysOf = (from: number, to: number): string[] =>
              Array.from({ length: to - from + 1 }, (_, n) => addDias(racha.dia, from + n)).filter(
                (dia) => dia <= HOY && cantidadOf(soldOf(events, id, codigo, dia, dia)) > 0,
              );
            const ultimaVenta = daysOf(0, 28).at(-1) ?? daysOf(-28, -1).at(-1);
            if (ultimaVenta === undefined) return [];
            const ultimo = soldOf(events, id, codigo, ultimaVenta, ultimaVenta);
            const noVendidas = (vendida / 28 / 24) * racha.horas;
            return {
              fila: `${almacen} ${codigo}`,
              tienda: id,
              cantidad,
              desde: racha.at,
              desdeConocido: racha.conocido,
              horas: round(racha.horas, 1),
              ventaDiaria: round(vendida / 28, 3),
              unidadesNoVendidas: noVendidas,
              usdNoVendidos: (noVendidas * ultimo.usd) / cantidadOf(ultimo),
              ultimaVenta,
              unidad: unidadOf(ventas),
            };
          }),
        );
        const { total, filas } = Answer.parse((await get('/agotados')).json);
        const answered = filas.map(({ tienda, almacen, articulo, ...rest }) => ({
          fila: `${almacen} ${articulo.codigo}`,
          tienda: tienda.id,
          ...rest,
        }));
        expect(answered.toSorted(byFila)).toEqual(
          expected
            .map(({ unidadesNoVendidas, usdNoVendidos, ...rest }) => ({
              ...rest,
              unidadesNoVendidas: closeTo(unidadesNoVendidas, 0.001),
              usdNoVendidos: closeTo(usdNoVendidos, 0.01),
            }))
            .toSorted(byFila),
        );
        const usd = answered.map(({ usdNoVendidos }) => usdNoVendidos);
        expect(usd).toEqual(usd.toSorted((a, b) => b - a));
        expect(total).toEqual({
          articulos: expected.length,
          usdNoVendidos: round(
            usd.reduce((a, b) => a + b, 0),
            2,
          ),
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each(['tienda', 'categoria', 'articulo'] as const)(
    '/ventas by %s adds up what was sold, and compares days that are read whole',
    async (nivel) => {
      const Medidas = z.object({
        unidades: z.number(),
        kilos: z.number(),
        ventaUsd: z.number(),
        utilidadUsd: z.number().nullable(),
        margenPct: z.number().nullable(),
        incompleto: z.boolean(),
        comparacion: z.object({
          ventaUsd: z.number(),
          unidades: z.number(),
          kilos: z.number(),
          ventaComparableUsd: z.number(),
          variacionPct: z.number().nullable(),
          diasComparados: z.number(),
          dias: z.number(),
        }),
      });
      const Answer = z.object({
        total: Medidas,
        filas: z.array(Medidas.extend({ clave: z.object({ id: z.string() }) })),
      });
      await fc.assert(
        propertyWithin(LIMIT_MS, world, async (events) => {
          await fill(events);
          const [a, b] = events.periodo;
          const [first, last] = [Math.max(a, b), Math.min(a, b)];
          const salto = 7 * Math.ceil((first - last + 1) / 7);
          const keyOf = ({ tienda, codigo }: World['ventas'][number]): string =>
            nivel === 'tienda' ? tienda : nivel === 'articulo' ? codigo : (CATEGORIAS[codigo] ?? '');
          const estadoOf = (tienda: string, dias: number): string =>
            events.tramos.find((tramo) => tramo.tienda === tienda && tramo.dias === dias)?.estado ??
            'pendiente';
          const whole = (tienda: string, dias: number): boolean =>
            ['cerrado', 'provisional'].includes(estadoOf(tienda, dias));
          const oldest = (tienda: string): number =>
            Math.max(-1, ...events.ventas.filter((venta) => venta.tienda === tienda).map(({ dias }) => dias));
          const days = TIENDAS.flatMap(({ id }) =>
            Array.from({ length: first - last + 1 }, (_, n) => ({ tienda: id, dias: last + n })),
          ).map(({ tienda, dias }) => ({
            tienda,
            dias,
            incompleto: dias === 0 || !whole(tienda, dias),
            comparable:
              dias > 0 &&
              whole(tienda, dias) &&
              whole(tienda, dias + salto) &&
              dias + salto <= oldest(tienda),
          }));

          const measure = (ventas: World['ventas'], own: typeof days): unknown => {
            const now = ventas.filter((venta) =>
              own.some(({ tienda, dias }) => venta.tienda === tienda && venta.dias === dias),
            );
            const comparables = own.filter(({ comparable }) => comparable);
            const on = (jump: number): World['ventas'] =>
              ventas.filter((venta) =>
                comparables.some(({ tienda, dias }) => venta.tienda === tienda && venta.dias === dias + jump),
              );
            const [comparable, before] = [on(0), on(salto)];
            const usd = (some: World['ventas']): number => some.reduce((sum, venta) => sum + venta.usd, 0);
            const amount = (some: World['ventas'], kg: boolean): number =>
              some.reduce((sum, { unidad, cantidad }) => sum + ((unidad === 'KG') === kg ? cantidad : 0), 0);
            const costed = now.filter(({ costo }) => costo !== null);
            const utilidad = costed.reduce((sum, venta) => sum + venta.usd - (venta.costo ?? 0), 0);
            return {
              unidades: amount(now, false),
              kilos: amount(now, true),
              ventaUsd: usd(now),
              utilidadUsd: costed.length === 0 ? null : utilidad,
              margenPct: costed.length === 0 || usd(costed) === 0 ? null : percent(utilidad, usd(costed)),
              incompleto: own.some(({ incompleto }) => incompleto),
              comparacion: {
                ventaUsd: usd(before),
                unidades: amount(before, false),
                kilos: amount(before, true),
                ventaComparableUsd: usd(comparable),
                variacionPct: usd(before) <= 0 ? null : percent(usd(comparable) - usd(before), usd(before)),
                diasComparados: comparables.length,
                dias: own.length,
              },
            };
          };

          const inPeriod = events.ventas.filter(({ dias }) => dias >= last && dias <= first);
          const keys = nivel === 'tienda' ? TIENDAS.map(({ id }) => id) : [...new Set(inPeriod.map(keyOf))];
          const { total, filas } = Answer.parse(
            (await get(`/ventas?nivel=${nivel}&desde=${hace(first)}&hasta=${hace(last)}`)).json,
          );
          expect(total).toEqual(measure(events.ventas, days));
          expect(Object.fromEntries(filas.map(({ clave, ...fila }) => [clave.id, fila]))).toEqual(
            Object.fromEntries(
              keys.map((key) => [
                key,
                measure(
                  events.ventas.filter((venta) => keyOf(venta) === key),
                  nivel === 'tienda' ? days.filter(({ tienda }) => tienda === key) : days,
                ),
              ]),
            ),
          );
        }),
        { numRuns: 40 },
      );
    },
  );
});

const byFila = (a: { readonly fila: string }, b: { readonly fila: string }): number =>
  a.fila < b.fila ? -1 : Number(a.fila > b.fila);

/** A rounded number that may be off by what rounding hides. */
const closeTo = (value: number, unit: number): unknown => ({
  asymmetricMatch: (other: unknown) =>
    typeof other === 'number' && Math.abs(other - value) <= unit / 2 + 1e-9,
  toString: () => String(value),
});

/** With one decimal, to which PostgreSQL rounds halves away from zero. */
const percent = (part: number, whole: number): unknown => closeTo((100 * part) / whole, 0.1);
