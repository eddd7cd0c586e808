import { ERRORES } from '../shared/errors.ts';
import type { CodigoError, Comando, ErrorDefinition } from '../shared/errors.ts';
import { invokeCommand } from './contract.ts';

/** Where the reader of a remedy types its commands: beside this program, or wherever the AWS CLI reaches the Lambda. */
export type Place =
  | { readonly program: 'local' | 'etl' | 'migrate' }
  | { readonly region: string; readonly functionName: string };

/** What failed: the stores (none: the run, or a question) and how they were asked for. */
export interface Subject {
  readonly tiendas: readonly string[];
  readonly dryRun: boolean;
}

/** What a person is told to do about an error. */
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

/** The remedy of an error, its commands written out for the place where they are read. */
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

/** A command that the place, or what was asked for, does not know is replaced by the nearest one that they do. */
function replaceUnknown(comando: Comando, { tiendas, dryRun }: Subject, place: Place): Comando {
  const inLambda = 'functionName' in place;
  if (!inLambda && place.program === 'migrate') return 'migrar';
  switch (comando) {
    case 'tiendas':
      return inLambda ? 'ensayar' : comando;
    case 'rechazos':
      // A dry run keeps no rows.
      return inLambda || dryRun ? 'ensayar' : comando;
    case 'migrar':
      // The deployment migrates the Lambda's database, and `local` its own at every start.
      return inLambda || place.program === 'local' ? 'diagnostico' : comando;
    case 'forzar':
      return tiendas.length === 0 ? 'estado' : comando;
    case 'diagnostico':
    case 'estado':
    case 'ensayar':
    case 'repetir':
      return comando;
  }
}

function writeCommand(comando: Comando, subject: Subject, place: Place): string {
  const request = toRequest(comando, subject);
  if ('functionName' in place) {
    return invokeCommand(place.region, place.functionName, request ?? { accion: comando });
  }
  if (comando === 'migrar') return 'npm run migrate';
  const args = request === undefined ? [comando, ...toFilter(comando, subject)] : toFlags(request);
  return ['npm run', place.program, '--', ...args].join(' ');
}

/** A run as it is asked for, by event or by flags. */
interface Request {
  readonly dryRun?: boolean;
  readonly tiendas?: readonly string[];
  readonly forzar?: boolean;
}

/** What a command asks to be run; undefined for a question. A dry run is repeated as one. */
function toRequest(comando: Comando, { tiendas, dryRun }: Subject): Request | undefined {
  if (comando !== 'ensayar' && comando !== 'repetir' && comando !== 'forzar') return undefined;
  return {
    ...((dryRun || comando === 'ensayar') && { dryRun: true }),
    ...(tiendas.length > 0 && { tiendas }),
    ...(comando === 'forzar' && { forzar: true }),
  };
}

const toFlags = ({ dryRun, tiendas, forzar }: Request): readonly string[] => [
  ...(dryRun === true ? ['--dry-run'] : []),
  ...(tiendas === undefined ? [] : ['--tiendas', ...tiendas]),
  ...(forzar === true ? ['--forzar'] : []),
];

/** `rechazos` takes one store, or shows those of all. */
const toFilter = (comando: Comando, { tiendas: [tienda, ...others] }: Subject): readonly string[] =>
  comando === 'rechazos' && tienda !== undefined && others.length === 0 ? ['--tienda', tienda] : [];
