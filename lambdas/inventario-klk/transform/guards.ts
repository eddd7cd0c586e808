import { PipelineError } from '../../core/errors/errors.ts';
import { toDecimal } from '../../core/config/locale.ts';
import type { Transformed } from './transform-inventario.ts';

/** Shares, 0 to 1, above which a snapshot is suspect; reasons in docs/fiabilidad.md. */
export interface Thresholds {
  readonly badRows: number;
  /** Of the articles with stock: those that lose it. */
  readonly lost: number;
  /** Of the articles held: those that are gone. */
  readonly gone: number;
  /** Compared with the articles held: those that were unknown. */
  readonly unknown: number;
  /** Of the articles that stay: those whose stock more than triples, falls below a third, or changes its sign. */
  readonly altered: number;
}

/**
 * What a snapshot does to the warehouse's rows, counted by article. Totals alone would not show that every article was replaced by
 * another.
 */
export interface RowChanges {
  /** Rows before the load, and those whose article is neither in the snapshot nor rejected. */
  readonly previas: number;
  readonly ausentes: number;
  /** Rows with positive stock before the load, and those of them that are now zero, negative or gone. */
  readonly conExistencia: number;
  readonly perdidas: number;
  /**
   * Rows whose article is in the snapshot too, and those of them whose stock is altered: not lost, but more than tripled, below a third, or
   * of the other sign.
   */
  readonly comparables: number;
  readonly alteradas: number;
  /** The same for rows whose stock was not zero. */
  readonly distintasDeCero: number;
  readonly alteradasDistintasDeCero: number;
}

/** What the guards compare: the snapshot against the warehouse's rows. */
export interface Changes extends RowChanges {
  /** Whether the warehouse never had an accepted snapshot. */
  readonly primera: boolean;
  /** Articles of the snapshot that no warehouse had before. */
  readonly desconocidos: number;
}

/** With fewer articles a share is not meaningful: one of ten is already 10 %. */
const MIN_ARTICULOS = 20;

const exceeds = (part: number, whole: number, share: number): boolean =>
  whole >= MIN_ARTICULOS && part / whole > share;

const percent = (part: number, whole: number): string => `${toDecimal((100 * part) / whole)} %`;

/** Too many rejected rows, or no valid one. A single rejected article is never too many. */
export function findBadRows(
  { inventario, rechazos, duplicados }: Transformed,
  share: number,
): PipelineError | undefined {
  const filas = inventario.length + rechazos.length + duplicados;
  const codigos = new Set(rechazos.map(({ codigo }) => codigo));
  const ofOneArticle = codigos.size === 1 && !codigos.has(null);
  const tooMany = rechazos.length > 1 && !ofOneArticle && exceeds(rechazos.length, filas, share);
  if (inventario.length > 0 && !tooMany) return undefined;
  const parte = `${rechazos.length} de ${filas} filas (${percent(rechazos.length, filas)})`;
  return new PipelineError('FILAS_MALAS', `No se pudieron leer ${parte}`);
}

/** What makes a snapshot suspect against the rows that it would replace. Each fact is reported once. */
export function findSuspicions(
  cantidades: readonly string[],
  changes: Changes,
  thresholds: Thresholds,
): PipelineError[] {
  const gone = findGone(changes, thresholds.gone);
  const allZero = findAllZero(cantidades, changes);
  const implied = gone.length > 0 || allZero.length > 0;
  return [
    ...gone,
    ...allZero,
    ...(implied ? [] : findLost(changes, thresholds.lost)),
    ...findUnknown(changes, thresholds.unknown),
    ...findAltered(changes, thresholds.altered),
  ];
}

function findAllZero(cantidades: readonly string[], { primera, conExistencia }: Changes): PipelineError[] {
  const allZero = cantidades.every((cantidad) => cantidad === '0');
  if (!allZero || !(primera || conExistencia > 0)) return [];
  return [new PipelineError('SOSPECHOSO_CEROS', 'Todas las existencias vienen en cero')];
}

function findLost({ conExistencia, perdidas }: Changes, share: number): PipelineError[] {
  if (!exceeds(perdidas, conExistencia, share)) return [];
  const parte = `${perdidas} de ${conExistencia} artículos (${percent(perdidas, conExistencia)})`;
  return [new PipelineError('SOSPECHOSO_CEROS', `Pierden su existencia de golpe ${parte}`)];
}

function findGone({ previas, ausentes }: Changes, share: number): PipelineError[] {
  if (!exceeds(ausentes, previas, share)) return [];
  const parte = `${ausentes} de ${previas} artículos (${percent(ausentes, previas)})`;
  return [new PipelineError('SOSPECHOSO_ENCOGIDO', `Desaparecen de golpe ${parte}`)];
}

function findUnknown({ previas, desconocidos }: Changes, share: number): PipelineError[] {
  if (!exceeds(desconocidos, previas, share)) return [];
  const mensaje = `Llegan ${desconocidos} artículos que nadie conocía, y había ${previas}`;
  return [new PipelineError('SOSPECHOSO_NUEVOS', mensaje)];
}

function findAltered(
  { distintasDeCero, alteradasDistintasDeCero, comparables, alteradas }: Changes,
  share: number,
): PipelineError[] {
  const ofStock = exceeds(alteradasDistintasDeCero, distintasDeCero, share);
  // Not for a warehouse that had almost no stock: filling it again is no suspicion.
  const ofAll = distintasDeCero >= MIN_ARTICULOS && exceeds(alteradas, comparables, share);
  if (!ofStock && !ofAll) return [];
  const [part, whole] = ofStock ? [alteradasDistintasDeCero, distintasDeCero] : [alteradas, comparables];
  const parte = `${part} de ${whole} artículos (${percent(part, whole)})`;
  return [
    new PipelineError(
      'SOSPECHOSO_CAMBIOS',
      `La existencia se triplica, cae a menos de un tercio o cambia de signo de golpe en ${parte}`,
    ),
  ];
}
