import type { Thresholds } from '../transform/guards.ts';

/** Which versions the history keeps: every replaced row, or only those whose quantity changed or whose article disappeared. */
export type ModoHistorico = 'completo' | 'cambios';

/** What a load goes by. */
export interface LoadRules {
  readonly thresholds: Thresholds;
  readonly historico: ModoHistorico;
}
