import { toHora } from '../../lambdas/core/config/locale.ts';
import type { EstadoInventario, EstadoAlmacen } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { FalloActual, FalloPasado } from '../queries/read-fallos.ts';
import { countOf } from '../output/amounts.ts';
import { remedyOf } from '../program/remedy.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { command, longTable, runId, section, since, orderOf, table } from './pieces.ts';
import type { Program } from './pieces.ts';
import type { Reporte } from './read-reporte.ts';

/** Title of runs that died without recording a code. */
const MUERTA = 'MURIÓ SIN TERMINAR';

const REMEDIO_MUERTA =
  'El proceso se apagó o lo mataron a mitad: revise su memoria, su límite de tiempo y el registro. La próxima ejecución carga lo que faltó.';

/** Titles and texts for warehouses that are not fresh although no attempt failed. */
const SIN_FALLO = {
  atrasado: {
    titulo: 'Nadie los pide',
    texto:
      'Su último intento cargó, pero hace demasiado. Revise qué inicia las ejecuciones (la regla, cron o el temporizador) y cárguelos.',
  },
  'nunca cargado': { titulo: 'Nunca se cargaron', texto: 'Ninguna ejecución los ha pedido. Cárguelos.' },
  'en el futuro': {
    titulo: 'Con hora del futuro',
    texto:
      'El reloj de la base estuvo adelantado, y hasta esa hora no se carga nada nuevo. Siga «Horas del futuro» en docs/operacion.md; después, cárguelos.',
  },
} as const;

/** What fails now: since when, why, and what to do about it; one entry for each code. */
export function sectionFallando(reporte: Reporte, program: Program): Html {
  const { fallos, estado } = reporte;
  const entries = [...groupByCodigo(fallos)].map((group) => entryOf(group, reporte, program));
  // Before the first run nothing has failed.
  const others = estado.ultimaEjecucion === null ? [] : findOthers(reporte);
  return section(
    'Fallando ahora',
    'Lo que no está cargado del inventario, desde cuándo y qué hacer. Lo que falta de las ventas está en su cobertura.',
    [
      ...entries,
      ...[...others].map(([frescura, almacenes]) => entryOfOthers(frescura, almacenes, estado, program)),
      ...(entries.length + [...others].length === 0 ? [html`<p>Nada.</p>`] : []),
    ],
  );
}

/** Warehouses that are not fresh although no attempt failed. */
function findOthers({ estado, fallos }: Reporte): Iterable<[keyof typeof SIN_FALLO, EstadoAlmacen[]]> {
  const failing = new Set(fallos.map(({ almacen }) => almacen));
  const groups = new Map<keyof typeof SIN_FALLO, EstadoAlmacen[]>();
  for (const almacen of estado.almacenes) {
    if (almacen.frescura === 'al día' || failing.has(almacen.almacen)) continue;
    groups.set(almacen.frescura, [...(groups.get(almacen.frescura) ?? []), almacen]);
  }
  return groups;
}

/** What failed in the past year and is over. */
export const sectionRecuperados = ({ recuperados }: Reporte): Html =>
  section('Recuperados', 'Fallos del último año que ya pasaron, uno por almacén y código.', [
    recuperados.length === 0
      ? html`<p>Ninguno.</p>`
      : longTable(
          'Fallos recuperados',
          ['Última vez', 'Dónde', 'Código', 'Veces', 'Recuperado', 'Ejecución', 'Mensaje'],
          recuperados.map((fallo) => [
            toHora(fallo.ultimaVez),
            placeOf(fallo),
            codigoOf(fallo),
            fallo.veces,
            fallo.recuperado === null ? 'no se volvió a pedir' : toHora(fallo.recuperado),
            runId(fallo.ejecucionId),
            fallo.mensaje ?? '–',
          ]),
        ),
  ]);

/** One entry for each code: an outage of KLK is one problem, not twenty. Failures of whole runs stay apart. */
function groupByCodigo(fallos: readonly FalloActual[]): Iterable<readonly FalloActual[]> {
  return Map.groupBy(
    fallos,
    ({ codigo, almacen }) => `${codigo ?? ''} ${almacen === null ? '' : 'almacén'}`,
  ).values();
}

function entryOf(fallos: readonly FalloActual[], reporte: Reporte, program: Program): Html {
  const [newest] = fallos.toSorted((one, other) => other.ultimaVez.getTime() - one.ultimaVez.getTime());
  const codigo = newest?.codigo ?? null;
  const remedy =
    codigo === null
      ? { texto: REMEDIO_MUERTA, comandos: [] }
      : remedyOf(codigo, { tiendas: fallos.flatMap(({ tienda }) => tienda ?? []) }, program);
  const where =
    newest?.almacen === null
      ? 'ninguna tienda se llegó a pedir'
      : countOf(fallos.length, 'almacén', 'almacenes');
  return html`<article class="fallo">
    <h3><code>${codigo ?? MUERTA}</code> <span class="suave">${where}</span></h3>
    <p>${remedy.texto}</p>
    ${remedy.comandos.map(({ para, comando }) => html`<p class="paso">${para}: ${command(comando)}</p>`)}
    <p class="paso">
      La ejecución entera: ${command(orderOf(program, 'historial', newest?.ejecucionId.slice(0, 8) ?? ''))}
    </p>
    ${table(
      `Almacenes que fallan por ${codigo ?? MUERTA}`,
      ['Dónde', 'Desde', 'Intentos', 'Ejecución', 'Conserva', 'Mensaje'],
      fallos.map((fallo) => [
        placeOf(fallo),
        since(fallo.desde, reporte.estado.momento),
        fallo.veces,
        runId(fallo.ejecucionId),
        keptOf(reporte.estado.almacenes.find(({ almacen }) => almacen === fallo.almacen)),
        fallo.mensaje ?? '–',
      ]),
    )}
  </article>`;
}

function entryOfOthers(
  frescura: keyof typeof SIN_FALLO,
  almacenes: readonly EstadoAlmacen[],
  { momento }: EstadoInventario,
  program: Program,
): Html {
  const { titulo, texto } = SIN_FALLO[frescura];
  const tiendas = [...new Set(almacenes.map(({ tienda }) => tienda))];
  return html`<article class="fallo">
    <h3>${titulo} <span class="suave">${countOf(almacenes.length, 'almacén', 'almacenes')}</span></h3>
    <p>${texto}</p>
    <p>${command(orderOf(program, '--tiendas', ...tiendas))}</p>
    ${table(
      titulo,
      ['Dónde', 'Última carga'],
      almacenes.map((almacen) => [
        placeOf(almacen),
        almacen.antiguedadSegundos === null || almacen.ultimaCarga === null
          ? frescura
          : since(almacen.ultimaCarga, momento),
      ]),
    )}
  </article>`;
}

const codigoOf = ({ codigo }: FalloPasado): Html => html`<code>${codigo ?? MUERTA}</code>`;

const placeOf = ({ tienda, almacen }: Pick<FalloActual, 'tienda' | 'almacen'>): string =>
  almacen === null ? 'toda la ejecución' : `${tienda ?? ''} ${almacen}`;

const keptOf = (almacen: EstadoAlmacen | undefined): string =>
  almacen === undefined || almacen.ultimaCarga === null
    ? 'nada todavía'
    : `${countOf(almacen.articulos, 'artículo', 'artículos')} de ${toHora(almacen.ultimaCarga)}`;
