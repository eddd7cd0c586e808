import { PipelineError } from '../../shared/errors.ts';
import type { Transformado } from './rows.ts';

/** Shares, 0 to 1, above which a snapshot is refused; reasons in docs/fiabilidad.md. */
export interface Thresholds {
  readonly badRows: number;
  readonly zeroed: number;
  readonly shrunk: number;
}

/** What the warehouse held, as far as the guards ask. */
export interface Baseline {
  /** Articles of the last accepted snapshot; null when there never was one. */
  readonly articulos: number | null;
  readonly conExistencia: number;
  readonly puestosACero: number;
}

/** Below this many articles a share says nothing: one article of ten is already 10 %. */
const MIN_ARTICULOS = 20;

const exceeds = (part: number, whole: number, share: number): boolean =>
  whole >= MIN_ARTICULOS && part / whole > share;

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

/** Too many refused rows for the rest to be believed, or nothing left to load. A single bad article is never too many. */
export function findBadRows(
  { inventario, rechazos, duplicados }: Transformado,
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

/** What makes a readable snapshot suspicious against what the warehouse holds: all zeros, many zeros at once, many articles gone. */
export const findSuspicions = (
  snapshot: { readonly articulos: number; readonly cantidades: readonly string[] },
  baseline: Baseline,
  thresholds: Thresholds,
): PipelineError[] => [
  ...findZeros(snapshot.cantidades, baseline, thresholds.zeroed),
  ...findShrinkage(snapshot.articulos, baseline, thresholds.shrunk),
];

function findZeros(
  cantidades: readonly string[],
  { articulos, conExistencia, puestosACero }: Baseline,
  share: number,
): PipelineError[] {
  const allZero = cantidades.every((cantidad) => cantidad === '0');
  if (allZero && (articulos === null || conExistencia > 0)) {
    return [new PipelineError('SOSPECHOSO_CEROS', 'Todas las existencias vienen en cero')];
  }
  if (exceeds(puestosACero, conExistencia, share)) {
    const parte = `${puestosACero} de ${conExistencia} artículos con existencia (${percent(puestosACero, conExistencia)})`;
    return [new PipelineError('SOSPECHOSO_CEROS', `Pasan a cero de golpe ${parte}`)];
  }
  return [];
}

function findShrinkage(ahora: number, { articulos }: Baseline, share: number): PipelineError[] {
  if (articulos === null || !exceeds(articulos - ahora, articulos, share)) return [];
  return [new PipelineError('SOSPECHOSO_ENCOGIDO', `Venían ${articulos} artículos y ahora ${ahora}`)];
}
