import { ANTIGUEDAD_MAXIMA_HORAS } from '../../lambdas/core/config/contract.ts';
import type { EstadoAlmacen } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import { countOf } from '../output/amounts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { command, orderOf } from './pieces.ts';
import type { Program } from './pieces.ts';
import type { Reporte } from './read-reporte.ts';

/** The overall state as a banner, with the stores that cause it. */
export function describeState(reporte: Reporte, program: Program): Html {
  const { estado, fallos } = reporte;
  if (estado.ultimaEjecucion === null) {
    return banner('neutro', 'Todavía no hubo ninguna ejecución', [
      html`<p>Para empezar: ${command(orderOf(program))}</p>`,
    ]);
  }
  const whole = fallos.some(({ almacen }) => almacen === null);
  const fails = ({ almacen }: EstadoAlmacen): boolean => fallos.some((fallo) => fallo.almacen === almacen);
  const those = (frescura: EstadoAlmacen['frescura']): EstadoAlmacen[] =>
    estado.almacenes.filter((almacen) => almacen.frescura === frescura);
  const [stale, never, ofTheFuture] = [those('atrasado'), those('nunca cargado'), those('en el futuro')];
  const failing = those('al día').filter(fails);
  const bad = [...stale, ...ofTheFuture, ...never.filter(fails)];
  const lines = [
    ...(whole ? [html`<p>La última ejecución falló antes de llegar a las tiendas.</p>`] : []),
    ...list(`Con inventario de más de ${ANTIGUEDAD_MAXIMA_HORAS} h`, stale),
    ...list('Con hora del futuro, y nadie sabe cuán viejo', ofTheFuture),
    ...list('Nunca cargadas', never),
    ...list('Falló su último intento; el inventario todavía es reciente', failing),
    ...describeVentas(reporte),
  ];
  if (bad.length > 0) {
    const tiendas = countOf(tiendasOf(bad).length, 'tienda', 'tiendas');
    return banner('mal', `${tiendas} sin inventario al día`, lines);
  }
  if (whole) return banner('mal', 'Las ejecuciones fallan', lines);
  if (failing.length > 0) {
    return banner('regular', countOf(tiendasOf(failing).length, 'tienda falla', 'tiendas fallan'), lines);
  }
  if (never.length > 0) return banner('regular', 'Faltan tiendas por cargar', lines);
  if (lines.length > 0) return banner('regular', 'Faltan ventas', lines);
  const tiendas = tiendasOf(estado.almacenes).length;
  return banner('bien', 'Todo al día', [
    html`<p>
      ${tiendas === 1 ? 'La única tienda tiene' : `Las ${tiendas} tiendas tienen`} inventario de menos de
      ${ANTIGUEDAD_MAXIMA_HORAS} h.
    </p>`,
  ]);
}

/** The stores of which sales are missing; those that were never read are not wanted yet. */
function describeVentas({ ventas: { faltan, calendario } }: Reporte): Html[] {
  const ids = new Set(faltan.flatMap(({ tiendas }) => tiendas));
  const names = calendario.flatMap(({ tienda, nombre }) => (ids.has(tienda) ? `${nombre} (${tienda})` : []));
  return names.length === 0
    ? []
    : [html`<p><strong>Con ventas que faltan:</strong> ${names.join(', ')}.</p>`];
}

const banner = (tono: string, title: string, lines: readonly Html[]): Html =>
  html`<section class="estado ${tono}" aria-label="Estado general">
    <h2>${title}</h2>
    ${lines}
  </section>`;

const list = (title: string, almacenes: readonly EstadoAlmacen[]): Html[] =>
  almacenes.length === 0 ? [] : [html`<p><strong>${title}:</strong> ${tiendasOf(almacenes).join(', ')}.</p>`];

/** Each store once, with its warehouses only where it has several. */
const tiendasOf = (almacenes: readonly EstadoAlmacen[]): string[] => [
  ...new Set(almacenes.map(({ tienda, nombre }) => `${nombre} (${tienda})`)),
];
