import { toHora } from '../../lambdas/core/config/locale.ts';
import { countOf, toDuration } from '../output/amounts.ts';
import { diasBetween, weeksOf } from '../output/calendar.ts';
import { describeOffendingVenta } from '../output/offending-value.ts';
import { chartVentas } from './charts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { DIA, isEmpty, LADO, SEMANA, startVentas } from './coverage.ts';
import { data, figure, longTable, markOf, runId, section, table } from './pieces.ts';
import type { Program } from './pieces.ts';
import type { Reporte } from './read-reporte.ts';

const usd = new Intl.NumberFormat('es-VE', { maximumFractionDigits: 0, useGrouping: false });

/** What each store sold on each day. */
export async function sectionVentasPorDia({ ventas }: Reporte, program: Program): Promise<Html> {
  const { calendario, porDia, desde, hasta } = ventas;
  const dias = diasBetween(desde, hasta);
  const ayer = dias.at(-2) ?? '';
  const of = (tienda: string, dia: string) => porDia.find((row) => row.tienda === tienda && row.dia === dia);
  const several = new Set(porDia.map(({ dia }) => dia)).size > 1;
  return section(
    'Ventas por tienda y día',
    'En USD y sin IVA, de lo que se leyó; los tickets son facturas. El gráfico suma todas las tiendas; el día de hoy está a medias.',
    isEmpty(ventas)
      ? [startVentas(program)]
      : [
          ...(several
            ? [await figure('Ventas de todas las tiendas por día', (width) => chartVentas(porDia, width))]
            : []),
          table(
            'Ventas por tienda',
            ['Tienda', 'USD por día', 'USD ayer', 'Tickets ayer', 'USD de los últimos 7 días'],
            calendario.map(({ tienda, nombre }) => [
              html`<strong>${nombre}</strong> <span class="suave">${tienda}</span>`,
              drawVentas(
                dias,
                dias.map((dia) => of(tienda, dia)?.ventaUsd ?? 0),
              ),
              Math.round(of(tienda, ayer)?.ventaUsd ?? 0),
              of(tienda, ayer)?.facturas ?? 0,
              Math.round(dias.slice(-7).reduce((sum, dia) => sum + (of(tienda, dia)?.ventaUsd ?? 0), 0)),
            ]),
          ),
          data(
            'Ventas por tienda y día',
            ['día', 'tienda', 'USD', 'tickets', 'líneas'],
            porDia
              .toSorted((a, b) => (a.dia < b.dia ? 1 : a.dia > b.dia ? -1 : 0))
              .map(({ dia, tienda, ventaUsd, facturas, lineas }) => [
                dia,
                tienda,
                ventaUsd,
                facturas,
                lineas,
              ]),
          ),
        ],
  );
}

/** A bar for each day, below the same days of the calendar. */
function drawVentas(dias: readonly string[], values: readonly number[]): Html {
  const most = Math.max(...values);
  if (most <= 0) return html`ninguna`;
  let x = 0;
  const bars: Html[] = [];
  let index = 0;
  for (const week of weeksOf(dias)) {
    for (const dia of week) {
      const value = Math.max(0, values[index] ?? 0);
      const alto = Math.round((100 * 20 * value) / most) / 100;
      if (value > 0)
        bars.push(
          html`<rect x="${x}" y="${20 - alto}" width="${LADO}" height="${alto}"
            ><title>${dia}: ${usd.format(value)} USD</title></rect
          >`,
        );
      x += DIA;
      index += 1;
    }
    x += SEMANA;
  }
  return html`<svg
    class="barras"
    role="img"
    aria-label="El mejor día, ${usd.format(most)} USD"
    width="${x}"
    height="20"
  >
    ${bars}
  </svg>`;
}

/** What the reasons for not comparing mean. */
const MOTIVOS: Readonly<Record<string, string>> = {
  ventas_sin_leer: 'sin ventas leídas después',
  ventas_rechazadas: 'con líneas rechazadas',
};

/** Stock against sales of the last days. */
export function sectionDescuadres({ ventas: { descuadres, calendario } }: Reporte): Html {
  const nameOf = (tienda: string): string =>
    calendario.find((fila) => fila.tienda === tienda)?.nombre ?? tienda;
  const compared = descuadres.filter(({ intervalos }) => intervalos > 0);
  const rows = compared.flatMap(({ tienda, articulos }) =>
    articulos.map((articulo) => ({ tienda, ...articulo })),
  );
  return section(
    'Existencias contra ventas',
    'De los últimos 3 días: lo que cambió la existencia de cada artículo más lo vendido debería ser cero. Lo que sobra llegó a la tienda; lo negativo falta: merma, robo o error.',
    compared.length === 0
      ? [html`<p>Todavía no hay dos inventarios aceptados que comparar.</p>`]
      : [
          table(
            'Intervalos comparados por tienda',
            ['Tienda', 'Intervalos', 'Comparados', 'Sin comparar', 'Artículos que no cuadran'],
            compared.map(({ tienda, intervalos, comparados, sinComparar, descuadrados }) => [
              html`<strong>${nameOf(tienda)}</strong> <span class="suave">${tienda}</span>`,
              intervalos,
              comparados,
              Object.entries(sinComparar)
                .map(([motivo, veces]) => `${veces} ${MOTIVOS[motivo] ?? motivo}`)
                .join(', ') || '–',
              descuadrados,
            ]),
          ),
          rows.length === 0
            ? html`<p>Lo que se pudo comparar cuadra.</p>`
            : html`<h3>Lo que menos cuadra</h3>
                ${longTable(
                  'Artículos que menos cuadran',
                  ['Tienda', 'Artículo', 'Código', 'Vendido', 'Diferencia'],
                  rows.map(({ tienda, producto, nombre, vendido, diferencia }) => [
                    tienda,
                    nombre ?? '–',
                    producto,
                    vendido,
                    diferencia,
                  ]),
                )}`,
        ],
  );
}

/** The latest runs of the sales, and the lines in quarantine. */
export function sectionVentasRecientes({ ventas: { recientes, rechazos } }: Reporte, program: Program): Html {
  const lineas = rechazos.flatMap(({ tienda, filas }) => filas.map((fila) => ({ tienda, ...fila })));
  return section(
    'Ventas: ejecuciones y rechazos',
    'Las últimas ejecuciones, la más nueva arriba, y las líneas que no se pudieron leer.',
    recientes.length === 0
      ? [startVentas(program)]
      : [
          longTable(
            'Últimas ejecuciones de ventas',
            [
              'Ejecución',
              'Empezó',
              'Origen',
              'Estado',
              'Duró',
              'Tramos',
              'Nuevas',
              'Cambiadas',
              'Retiradas',
              'Errores',
            ],
            recientes.map(({ id, inicio, origen, forzar, estado, duracionMs, ventas, errores }) => [
              runId(id),
              toHora(inicio),
              `${program.nameOrigen(origen)}${forzar ? ', forzada' : ''}`,
              markOf(estado),
              duracionMs === null ? '–' : toDuration(duracionMs),
              ventas === null
                ? '–'
                : describeTramos(ventas.tramosLeidos, ventas.tramosFallidos, ventas.tramosPendientes),
              ventas?.nuevas ?? 0,
              ventas?.cambiadas ?? 0,
              ventas?.retiradas ?? 0,
              errores.length === 0 ? '–' : html`${errores.map((codigo) => html`<code>${codigo}</code>`)}`,
            ]),
          ),
          lineas.length === 0
            ? html`<p>Ninguna línea en cuarentena.</p>`
            : html`<h3>Líneas en cuarentena</h3>
                ${longTable(
                  'Líneas de ventas rechazadas',
                  ['Día', 'Tienda', 'Factura', 'Línea', 'Campo', 'Valor', 'Por qué'],
                  lineas.map((linea) => {
                    const { campo, valor, explicacion } = describeOffendingVenta(linea);
                    return [
                      linea.dia,
                      linea.tienda,
                      linea.factura ?? 'ilegible',
                      linea.linea ?? 'ilegible',
                      html`<code>${campo}</code>`,
                      html`<code class="fila"
                        >${valor.length > VALOR ? `${valor.slice(0, VALOR)}…` : valor}</code
                      >`,
                      explicacion,
                    ];
                  }),
                )}`,
        ],
  );
}

/** Characters shown of an offending value. */
const VALOR = 60;

const describeTramos = (leidos: number, fallidos: number, pendientes: number): string =>
  [
    countOf(leidos, 'leído', 'leídos'),
    ...(fallidos > 0 ? [countOf(fallidos, 'fallido', 'fallidos')] : []),
    ...(pendientes > 0 ? [countOf(pendientes, 'pendiente', 'pendientes')] : []),
  ].join(', ');
