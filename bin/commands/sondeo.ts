import type { Command } from 'commander';
import { z } from 'zod';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { toPipelineError } from '../../lambdas/core/errors/errors.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import type { Asker } from '../../lambdas/core/klk/ask.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import type { VentasQuestion } from '../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import { countNegativas, readHora } from '../queries/read-ventas.ts';
import { countOf } from '../output/amounts.ts';
import { withVentasAsker } from './ask-ventas.ts';
import { findVendedoras, LONG_QUESTION_LIMIT_MS, parseDia, printAnswer } from '../program/asking.ts';
import type { Asking } from '../program/asking.ts';
import { optionsOf } from '../program/flags.ts';
import { probe } from './probe-klk.ts';
import type { Probed } from './probe-klk.ts';
import { AnsweredBadly } from '../program/run-command.ts';
import {
  judgeDesconocida,
  judgeDevoluciones,
  judgeDosDias,
  judgeHistoria,
  judgeHoras,
  judgeMeta,
  judgeRepeticion,
  judgeRepetidas,
  judgeTamanos,
  judgeTardanza,
  judgeUltimoSegundo,
  judgeVacia,
} from './sondeo-findings.ts';
import type { Implication, HeldHora } from './sondeo-findings.ts';
import { paint, wrapBehindMark } from '../output/terminal.ts';

/** What KLK was asked, and what its answers imply. */
interface Probe {
  readonly tienda: string;
  readonly dia: string;
  readonly preguntas: readonly {
    readonly pregunta: VentasQuestion;
    readonly lineas: number | null;
    readonly bytes: number;
    readonly ms: number;
    readonly error: string | null;
  }[];
  readonly hallazgos: readonly Implication[];
}

/** Answers `sondeo`: a few small questions to KLK, one at a time, and what the answers imply. Writes nothing. */
export async function answerSondeo({ readCatalogo, withContext }: Asking, command: Command): Promise<void> {
  const { json, ...options } = optionsOf(command, {
    tienda: z.string().optional(),
    dia: z.string().optional(),
  });
  if (options.tienda === undefined) throw new ConfiguracionInvalida(['falta la tienda: sondeo --tienda ID']);
  const [tienda] = findVendedoras([options.tienda], readCatalogo());
  if (tienda === undefined) return;
  const dia = options.dia === undefined ? addDias(diaAt(new Date()), -1) : parseDia('--dia', options.dia);
  await withContext(async (context) => {
    const sondeo = await withVentasAsker(context, [tienda], (asker) => ask(context, asker, tienda, dia));
    printAnswer(sondeo, json, render);
    const bad = sondeo.preguntas.some(({ error }, index) => error !== null && index < ANSWERABLE);
    if (bad || sondeo.hallazgos.some(({ conclusion }) => conclusion === 'distinto'))
      throw new AnsweredBadly();
  }, LONG_QUESTION_LIMIT_MS);
}

/** Hours in which stores sell, in the order in which they are tried. */
const HORAS = [
  ['12:00:00', '13:00:00'],
  ['17:00:00', '18:00:00'],
  ['09:00:00', '10:00:00'],
] as const;

/** Days before the one asked about at which the depth of the history is tried. */
const PASADO = [30, 90, 180, 365, 730] as const;

/** The first questions are about what is certainly there; the last asks for a branch that does not exist. */
const ANSWERABLE = 2;

/** A branch that no store has. */
const NINGUNA = 'SUC_QUE_NO_EXISTE';

async function ask(context: QuestionContext, asker: Asker, tienda: Tienda, dia: string): Promise<Probe> {
  const asked: Probed[] = [];
  const put = async (
    pregunta: Partial<VentasQuestion> & Pick<VentasQuestion, 'hora_desde' | 'hora_hasta'>,
  ): Promise<Probed> => {
    const whole = { sucursal: tienda.sucursalKlk, fecha_desde: dia, fecha_hasta: dia, ...pregunta };
    const sondeada = await probe(asker, tienda, whole);
    asked.push(sondeada);
    return sondeada;
  };
  const putBusyHour = async (): Promise<Probed> => {
    for (const [hora_desde, hora_hasta] of HORAS) {
      const sondeada = await put({ hora_desde, hora_hasta });
      if (sondeada.lineas === undefined || sondeada.lineas.length > 0) return sondeada;
    }
    return put({ hora_desde: HORAS[0][0], hora_hasta: HORAS[0][1] });
  };

  const hora = await putBusyHour();
  const { hora_desde, hora_hasta } = hora.pregunta;
  const again = await put({ hora_desde, hora_hasta });
  const ayer = addDias(dia, -1);
  const dosDias = await put({ fecha_desde: ayer, hora_desde, hora_hasta: halfAnHourAfter(hora_desde) });
  // A line on a whole second does not tell whether the rest of that second is included.
  const known = hora.lineas?.findLast((linea) => /\.\d*[1-9]/.test(linea.hora)) ?? hora.lineas?.at(-1);
  const segundo = known && (await put({ hora_desde, hora_hasta: known.hora.slice(0, 8) }));
  const vacia = await put({ hora_desde: '03:00:00', hora_hasta: '03:05:00' });
  const pasado: Probed[] = [];
  for (const dias of PASADO) {
    const antes = addDias(dia, -dias);
    pasado.push(
      await put({
        fecha_desde: antes,
        fecha_hasta: antes,
        hora_desde,
        hora_hasta: halfAnHourAfter(hora_desde),
      }),
    );
  }
  const desconocida = await put({ sucursal: NINGUNA, hora_desde, hora_hasta: halfAnHourAfter(hora_desde) });
  const base = await readBase(context, tienda.id, hora.pregunta);
  return {
    tienda: tienda.id,
    dia,
    preguntas: asked.map(({ pregunta, lineas, bytes, ms, error }) => ({
      pregunta,
      lineas: lineas?.length ?? null,
      bytes,
      ms,
      error: error?.codigo ?? null,
    })),
    hallazgos: [
      judgeMeta(hora),
      judgeHoras(hora),
      judgeDosDias(dosDias),
      ...(known === undefined || segundo === undefined ? [] : [judgeUltimoSegundo(known, segundo)]),
      judgeDevoluciones(asked, base?.negativas),
      judgeRepetidas(asked),
      judgeRepeticion(hora, again),
      judgeTardanza(again, base?.hora, toHora),
      judgeVacia(vacia),
      judgeDesconocida(desconocida),
      judgeHistoria(pasado),
      judgeTamanos(asked),
    ],
  };
}

const halfAnHourAfter = (hora: string): string => `${hora.slice(0, 3)}30:00`;

/** What the database holds of the hour; undefined without a database. */
async function readBase(
  context: QuestionContext,
  tienda: string,
  { fecha_desde: dia, hora_desde, hora_hasta }: VentasQuestion,
): Promise<{ readonly hora: HeldHora; readonly negativas: number } | undefined> {
  try {
    return await askDatabase(context, async (client) => ({
      hora: await readHora(client, { tienda, dia, desde: hora_desde, hasta: hora_hasta }),
      negativas: await countNegativas(client, tienda),
    }));
  } catch (error) {
    // A probe must also work before there is a database.
    if (error instanceof ConfiguracionInvalida || toPipelineError(error).codigo.startsWith('BD_'))
      return undefined;
    throw error;
  }
}

const MARKS = {
  'como se supone': paint('green', '✓'),
  distinto: paint('red', '!'),
  'sin saber': paint('yellow', '?'),
} as const;

function render({ tienda, dia, preguntas, hallazgos }: Probe): string {
  return [
    `Sondeo de las ventas de ${tienda} en KLK, día ${dia}: ${countOf(preguntas.length, 'pregunta', 'preguntas')}, de una en una, sin escribir nada\n`,
    ...hallazgos.map(
      ({ tema, conclusion, texto }) => `${MARKS[conclusion]} ${wrapBehindMark(`${tema}: ${texto}`)}`,
    ),
    `${MARKS['como se supone']} como el programa supone   ${MARKS.distinto} distinto   ${MARKS['sin saber']} todavía sin saber\n`,
  ].join('');
}
