import { z } from 'zod';
import { invokeCommand } from '../config/contract.ts';
import { parseEnv } from '../config/env.ts';
import type { Env } from '../config/env.ts';
import { ERRORES } from '../errors/codes.ts';
import type { CodigoError, Comando, ErrorDefinition } from '../errors/codes.ts';
import { countDias } from '../time/dia.ts';

/** At most so many days of suspect sales can be forced at once, so that a person looks at each. */
export const MAX_DIAS_FORZADOS = 7;

/** Where the commands of a remedy are typed: with one of the programs, or with the AWS CLI for a Lambda. */
export type Place =
  | { readonly program: 'local' | 'etl' | 'ventas' | 'migrate' }
  | { readonly region: string; readonly functionName: string };

/** The variables that Lambda sets. */
const LambdaPlaceEnvSchema = z.object({
  AWS_REGION: z.string().optional(),
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
});

/** Where the commands of a remedy are typed: for a Lambda the AWS CLI, outside of Lambda `npm run local`. */
export function readPlace(env: Env = process.env): Place {
  const { AWS_REGION: region, AWS_LAMBDA_FUNCTION_NAME: functionName } = parseEnv(LambdaPlaceEnvSchema, env);
  return functionName === undefined || region === undefined ? { program: 'local' } : { region, functionName };
}

/** What failed: a run or a question. */
export type Asked = AskedRun | AskedQuestion;

/** A run, or some of its stores; an empty list means all. */
export interface AskedRun {
  readonly tiendas: readonly string[];
  readonly dryRun: boolean;
  readonly forzar: boolean;
  /** Set when it is about the sales; else it is about the inventory. */
  readonly flujo?: 'ventas';
  /** The days asked for, both included, of the sales. */
  readonly desde?: string;
  readonly hasta?: string;
}

/** A question and its options as typed. The Lambda's questions have no options. */
interface AskedQuestion {
  readonly words: readonly string[];
  readonly flujo?: 'ventas';
}

/** What a person does about an error. */
export interface Remedy {
  readonly texto: string;
  /** Commands that can be pasted as they are, in order, each with what it is for. */
  readonly comandos: readonly { readonly para: string; readonly comando: string }[];
}

const PARA: Readonly<Record<Comando, string>> = {
  diagnostico: 'Compruébelo con',
  tiendas: 'Vea qué códigos conoce KLK con',
  rechazos: 'Vea las filas con',
  estado: 'Vea cómo quedó con',
  migrar: 'Hágalo con',
  ensayar: 'Compruébelo, sin escribir nada, con',
  repetir: 'Repita con',
  forzar: 'Si los datos son ciertos, acéptelos con',
  cobertura: 'Vea qué días están completos con',
  cuadrar: 'Compare con KLK, sin escribir nada, con',
  sondeo: 'Pregúnteselo a KLK con',
};

/** The remedy of an error, its commands written out for the place where they are typed. */
export function remedyFor(codigo: CodigoError, asked: Asked, place: Place): Remedy {
  const { remedio, comandos = ['diagnostico'], flujo = asked.flujo }: ErrorDefinition = ERRORES[codigo];
  const about = flujo === undefined ? asked : { ...asked, flujo };
  const where = toPlaceOf(about, place);
  const known = new Set(comandos.map((comando) => replaceUnknown(comando, about, where)));
  return {
    texto: remedio,
    comandos: [...known].map((comando) => ({
      para: PARA[comando],
      comando: writeCommand(comando, about, where),
    })),
  };
}

/** Commands about the sales are typed with their own program. */
const toPlaceOf = ({ flujo }: Asked, place: Place): Place =>
  'program' in place && place.program === 'etl' && flujo === 'ventas' ? { program: 'ventas' } : place;

/** A remedy as text. A command ends its line, so that it can be copied whole. */
export const renderRemedy = ({ texto, comandos }: Remedy): string =>
  `${texto} ${comandos.map(({ para, comando }) => `${para}: ${comando}`).join('\n  ')}`.trimEnd();

/** An error as a person reads it: code, message, remedy. */
export const describeFailure = (codigo: CodigoError, mensaje: string, asked: Asked, place: Place): string =>
  `${codigo}: ${mensaje}. ${renderRemedy(remedyFor(codigo, asked, place))}`;

/** Replaces a command that does not exist at the place, or does not fit what was asked, by the nearest one that does. */
function replaceUnknown(comando: Comando, asked: Asked, place: Place): Comando {
  if ('functionName' in place) return replaceInLambda(comando, asked);
  if (place.program === 'migrate') return 'migrar';
  const run = 'words' in asked ? undefined : asked;
  switch (comando) {
    case 'rechazos':
      // A dry run keeps no rows.
      return run?.dryRun === true ? trialOf(asked) : comando;
    case 'migrar':
      // `local` migrates its own database at every start.
      return place.program === 'local' ? 'diagnostico' : comando;
    case 'forzar':
      return run === undefined ? 'repetir' : canForce(run) ? comando : overviewOf(asked);
    case 'ensayar':
      return trialOf(asked);
    case 'cuadrar':
      return run?.desde === undefined ? overviewOf(asked) : comando;
    case 'sondeo':
      return run?.tiendas.length === 1 ? comando : trialOf(asked);
    case 'diagnostico':
    case 'tiendas':
    case 'estado':
    case 'repetir':
    case 'cobertura':
      return comando;
  }
}

/** A Lambda runs, and answers only the questions of its pipeline. The deployment migrates its database. */
function replaceInLambda(comando: Comando, asked: Asked): Comando {
  switch (comando) {
    case 'tiendas':
    case 'rechazos':
    case 'ensayar':
    case 'cuadrar':
    case 'sondeo':
      return trialOf(asked);
    case 'forzar':
      return 'words' in asked ? 'repetir' : canForce(asked) ? comando : 'estado';
    case 'diagnostico':
    case 'migrar':
      return asked.flujo === 'ventas' ? 'estado' : 'diagnostico';
    case 'cobertura':
      return 'estado';
    case 'estado':
    case 'repetir':
      return comando;
  }
}

/** The dry run of a run; of a question, which writes nothing, the question itself. */
const trialOf = (asked: Asked): Comando => ('words' in asked ? 'repetir' : 'ensayar');

const overviewOf = ({ flujo }: Asked): Comando => (flujo === 'ventas' ? 'cobertura' : 'estado');

/** Whether the run can be forced: its stores are named, and of the sales its days, which are few. */
const canForce = ({ tiendas, flujo, desde, hasta }: AskedRun): boolean =>
  tiendas.length > 0 &&
  (flujo !== 'ventas' ||
    (desde !== undefined && hasta !== undefined && countDias(desde, hasta) <= MAX_DIAS_FORZADOS));

function writeCommand(comando: Comando, asked: Asked, place: Place): string {
  const request = 'words' in asked ? undefined : toRequest(comando, asked);
  const words = 'words' in asked && comando === 'repetir' ? asked.words : [comando];
  if ('functionName' in place) {
    return invokeCommand(place.region, place.functionName, request ?? { accion: words[0] });
  }
  if (comando === 'migrar') return 'npm run migrate';
  const args = request === undefined ? [...words.map(quote), ...toOptions(comando, asked)] : toFlags(request);
  return ['npm run', place.program, '--', ...args].join(' ');
}

/** A run as it is asked for, by event or by flags. */
interface Request {
  readonly dryRun?: boolean;
  readonly tiendas?: readonly string[];
  readonly desde?: string;
  readonly hasta?: string;
  readonly forzar?: boolean;
}

/** What a command asks to be run; undefined for a question. A dry run is repeated as one, and a forced run forced. */
function toRequest(comando: Comando, asked: AskedRun): Request | undefined {
  if (comando !== 'ensayar' && comando !== 'repetir' && comando !== 'forzar') return undefined;
  const { tiendas, dryRun, forzar, desde, hasta } = asked;
  return {
    ...((dryRun || comando === 'ensayar') && { dryRun: true }),
    ...(tiendas.length > 0 && { tiendas }),
    ...(desde !== undefined && { desde }),
    ...(hasta !== undefined && { hasta }),
    ...((forzar || comando === 'forzar') && { forzar: true }),
  };
}

const toFlags = ({ dryRun, tiendas, desde, hasta, forzar }: Request): readonly string[] => [
  ...(dryRun === true ? ['--dry-run'] : []),
  ...(tiendas === undefined ? [] : ['--tiendas', ...tiendas]),
  ...(desde === undefined ? [] : ['--desde', desde]),
  ...(hasta === undefined ? [] : ['--hasta', hasta]),
  ...(forzar === true ? ['--forzar'] : []),
];

/** Questions about one store, or one day, name it. */
function toOptions(comando: Comando, asked: Asked): readonly string[] {
  if ('words' in asked) return [];
  const [tienda, ...others] = asked.tiendas;
  const one = tienda !== undefined && others.length === 0;
  if ((comando === 'rechazos' || comando === 'sondeo') && one) return ['--tienda', tienda];
  if (comando !== 'cuadrar' || asked.desde === undefined) return [];
  return ['--dia', asked.desde, ...(tienda === undefined ? [] : ['--tiendas', ...asked.tiendas])];
}

/** A word quoted for a shell. */
const quote = (word: string): string =>
  /^[\w%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
