import { toPipelineError } from '../errors/errors.ts';
import { remedyFor, renderRemedy } from '../errors/remedy.ts';
import type { Place } from '../errors/remedy.ts';

/** One step of a diagnosis. */
export interface Paso {
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
export interface Hallazgo {
  readonly detalle: string;
  readonly revisar?: string;
}

/** Something to look at, by the name under which it is reported. */
export interface Check {
  readonly paso: string;
  readonly look: () => Promise<Hallazgo>;
}

/** Looks at everything in order; each step rests on those before it, so that after the first failure the rest is left out. */
export async function runChain(checks: readonly Check[], place: Place, blockedBy?: string): Promise<Paso[]> {
  const pasos: Paso[] = [];
  let blocker = blockedBy;
  for (const check of checks) {
    const paso = blocker === undefined ? await runCheck(check, place) : leaveOut(check, blocker);
    if (paso.estado === 'falla') blocker = paso.paso;
    pasos.push(paso);
  }
  return pasos;
}

/** The step at which a chain stopped, undefined when it went through. */
export const blockerOf = (pasos: readonly Paso[]): string | undefined =>
  pasos.find(({ estado }) => estado !== 'ok')?.paso;

/** Looks at one thing. Never throws: an error is the finding, with its remedy as it is typed at `place`. */
export async function runCheck({ paso, look }: Check, place: Place): Promise<Paso> {
  const start = performance.now();
  const hallazgo = await look().catch((thrown: unknown) => toHallazgo(thrown, place));
  const ms = Math.round(performance.now() - start);
  return { paso, estado: hallazgo.revisar === undefined ? 'ok' : 'falla', ms, ...hallazgo };
}

/** A step that cannot be looked at because of `blocker`. */
const leaveOut = ({ paso }: Check, blocker: string): Paso => ({
  paso,
  estado: 'omitido',
  ms: 0,
  detalle: `depende de ${blocker}`,
});

function toHallazgo(thrown: unknown, place: Place): Required<Hallazgo> {
  const error = toPipelineError(thrown);
  const remedy = remedyFor(error.codigo, { words: ['diagnostico'] }, place);
  return { detalle: `${error.codigo}: ${error.message}`, revisar: renderRemedy(remedy) };
}
