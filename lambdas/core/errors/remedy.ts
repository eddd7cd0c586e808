import { ERRORES } from './errors.ts';
import type { CodigoError, Comando, ErrorDefinition } from './errors.ts';
import { invokeCommand } from '../config/contract.ts';

/** Where the commands of a remedy are typed: with one of the programs, or with the AWS CLI for a Lambda. */
export type Place =
  | { readonly program: 'local' | 'etl' | 'migrate' }
  | { readonly region: string; readonly functionName: string };

/** What failed: a run or a question. */
export type Subject = AskedRun | Typed;

/** A run, or some of its stores; an empty list means all. */
export interface AskedRun {
  readonly tiendas: readonly string[];
  readonly dryRun: boolean;
  readonly forzar: boolean;
  /** Whose run it was; the inventory's unless it says so. */
  readonly flujo?: 'ventas';
  /** The days asked for, both included: only of sales. */
  readonly desde?: string;
  readonly hasta?: string;
}

/** A question and its options as typed. The Lambda's questions have no options. */
interface Typed {
  readonly words: readonly string[];
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
};

/** The remedy of an error, its commands written out for the place where they are typed. */
export function remedyFor(codigo: CodigoError, subject: Subject, place: Place): Remedy {
  const { remedio, comandos = ['diagnostico'] }: ErrorDefinition = ERRORES[codigo];
  const known = new Set(comandos.map((comando) => replaceUnknown(comando, subject, place)));
  return {
    texto: remedio,
    comandos: [...known].map((comando) => ({
      para: PARA[comando],
      comando: writeCommand(comando, subject, place),
    })),
  };
}

/** A remedy as text. A command ends its line, so that it can be copied whole. */
export const renderRemedy = ({ texto, comandos }: Remedy): string =>
  `${texto} ${comandos.map(({ para, comando }) => `${para}: ${comando}`).join('\n  ')}`.trimEnd();

/** An error as a person reads it: code, message, remedy. */
export const describeFailure = (
  codigo: CodigoError,
  mensaje: string,
  subject: Subject,
  place: Place,
): string => `${codigo}: ${mensaje}. ${renderRemedy(remedyFor(codigo, subject, place))}`;

/** Replaces a command that does not exist at the place, or does not fit the subject, by the nearest one that does. */
function replaceUnknown(comando: Comando, subject: Subject, place: Place): Comando {
  const inLambda = 'functionName' in place;
  if (!inLambda && place.program === 'migrate') return 'migrar';
  // A question writes nothing, so it has no dry run.
  const trial = 'words' in subject ? 'repetir' : 'ensayar';
  switch (comando) {
    case 'tiendas':
      return inLambda ? trial : comando;
    case 'rechazos':
      // A dry run keeps no rows.
      return inLambda || ('dryRun' in subject && subject.dryRun) ? trial : comando;
    case 'migrar':
      // The deployment migrates the Lambda's database, and `local` its own at every start.
      return inLambda || place.program === 'local' ? 'diagnostico' : comando;
    case 'forzar':
      if ('words' in subject) return 'repetir';
      return subject.tiendas.length === 0 ? 'estado' : comando;
    case 'ensayar':
      return trial;
    case 'diagnostico':
    case 'estado':
    case 'repetir':
      return comando;
  }
}

function writeCommand(comando: Comando, subject: Subject, place: Place): string {
  const request = 'words' in subject ? undefined : toRequest(comando, subject);
  const words = 'words' in subject && comando === 'repetir' ? subject.words : [comando];
  if ('functionName' in place) {
    return invokeCommand(place.region, place.functionName, request ?? { accion: words[0] });
  }
  if (comando === 'migrar') return 'npm run migrate';
  const args =
    request === undefined ? [...words.map(quote), ...toFilter(comando, subject)] : toFlags(request);
  return ['npm run', place.program, '--', ...args].join(' ');
}

/** A run as it is asked for, by event or by flags. */
interface Request {
  readonly dryRun?: boolean;
  readonly tiendas?: readonly string[];
  readonly forzar?: boolean;
}

/** What a command asks to be run; undefined for a question. A dry run is repeated as one, and a forced run forced. */
function toRequest(comando: Comando, { tiendas, dryRun, forzar }: AskedRun): Request | undefined {
  if (comando !== 'ensayar' && comando !== 'repetir' && comando !== 'forzar') return undefined;
  return {
    ...((dryRun || comando === 'ensayar') && { dryRun: true }),
    ...(tiendas.length > 0 && { tiendas }),
    ...((forzar || comando === 'forzar') && { forzar: true }),
  };
}

const toFlags = ({ dryRun, tiendas, forzar }: Request): readonly string[] => [
  ...(dryRun === true ? ['--dry-run'] : []),
  ...(tiendas === undefined ? [] : ['--tiendas', ...tiendas]),
  ...(forzar === true ? ['--forzar'] : []),
];

/** `rechazos` filters by one store at most. */
function toFilter(comando: Comando, subject: Subject): readonly string[] {
  if (comando !== 'rechazos' || 'words' in subject) return [];
  const [tienda, ...others] = subject.tiendas;
  return tienda !== undefined && others.length === 0 ? ['--tienda', tienda] : [];
}

/** A word quoted for a shell. */
const quote = (word: string): string =>
  /^[\w%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
