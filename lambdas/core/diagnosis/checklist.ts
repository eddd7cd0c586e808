import { toPipelineError } from '../errors/errors.ts';
import { remedyFor, renderRemedy } from '../errors/remedy.ts';
import type { Place } from '../errors/remedy.ts';

/** One step of a diagnosis. */
export interface Step {
  readonly paso: string;
  /** `omitido`: an earlier step failed on which this one depends. */
  readonly estado: 'ok' | 'falla' | 'omitido';
  readonly ms: number;
  /** What was found. */
  readonly detalle: string;
  /** What to check; only where the step failed. */
  readonly revisar?: string;
}

/** What a step found; with `revisar` it is a failure. */
export interface Finding {
  readonly detalle: string;
  readonly revisar?: string;
}

/** Something to look at, by the name under which it is reported. */
export interface Check {
  readonly paso: string;
  readonly look: () => Promise<Finding>;
}

/** Looks at everything in order; each step rests on those before it, so that after the first failure the rest is left out. */
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

/** Looks at one thing. Never throws: an error is the finding, with its remedy as it is typed at `place`. */
export async function runCheck({ paso, look }: Check, place: Place): Promise<Step> {
  const start = performance.now();
  const finding = await look().catch((thrown: unknown) => toFinding(thrown, place));
  const ms = Math.round(performance.now() - start);
  return { paso, estado: finding.revisar === undefined ? 'ok' : 'falla', ms, ...finding };
}

/** A step that cannot be looked at because of `blocker`. */
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
