import { toPipelineError } from '../errors/errors.ts';
import { remedyFor, renderRemedy } from '../run/remedy.ts';
import type { Place } from '../run/remedy.ts';

/** One step of a diagnosis. */
export interface Step {
  readonly paso: string;
  /** `omitido`: a step that this one depends on failed. */
  readonly estado: 'ok' | 'falla' | 'omitido';
  readonly ms: number;
  /** What was found. */
  readonly detalle: string;
  /** What to check; only where the step failed. */
  readonly revisar?: string;
}

/** The result of a check; with `revisar` it is a failure. */
export interface Finding {
  readonly detalle: string;
  readonly revisar?: string;
}

/** One check and the name of its step. */
export interface Check {
  readonly paso: string;
  readonly look: () => Promise<Finding>;
}

/** Runs the checks in order. Each depends on those before it, so those after the first failure are omitted. */
export async function runChain(checks: readonly Check[], place: Place, blockedBy?: string): Promise<Step[]> {
  const pasos: Step[] = [];
  let blocker = blockedBy;
  for (const check of checks) {
    const step = blocker === undefined ? await runCheck(check, place) : leaveOut(check, blocker);
    if (step.estado === 'falla') blocker = step.paso;
    pasos.push(step);
  }
  return pasos;
}

/** The step at which a chain stopped, undefined when it went through. */
export const blockerOf = (pasos: readonly Step[]): string | undefined =>
  pasos.find(({ estado }) => estado !== 'ok')?.paso;

/** Runs one check. Never throws: an error becomes the finding, with its remedy for `place`. */
export async function runCheck({ paso, look }: Check, place: Place): Promise<Step> {
  const start = performance.now();
  const finding = await look().catch((thrown: unknown) => toFinding(thrown, place));
  const ms = Math.round(performance.now() - start);
  return { paso, estado: finding.revisar === undefined ? 'ok' : 'falla', ms, ...finding };
}

/** A step that is not run because of `blocker`. */
const leaveOut = ({ paso }: Check, blocker: string): Step => ({
  paso,
  estado: 'omitido',
  ms: 0,
  detalle: `depende de ${blocker}`,
});

function toFinding(thrown: unknown, place: Place): Required<Finding> {
  const error = toPipelineError(thrown);
  const remedy = remedyFor(error.codigo, { words: ['diagnostico'] }, place);
  return { detalle: `${error.codigo}: ${error.message}`, revisar: renderRemedy(remedy) };
}
