import { suggest } from './suggest.ts';

/** The prefixes of this project's variables. */
const OURS = /^(CONSULTAS|KLK|ETL|POSTGRES|TIENDAS|DB)_/;

/** Every variable that some program reads, sorted: one environment may serve several programs. A test compares it with their schemas. */
export const VARIABLES = [
  'CONSULTAS_AUDIENCE',
  'CONSULTAS_CLAIM_ROL',
  'CONSULTAS_CLAIM_TIENDAS',
  'CONSULTAS_DB_SECRET_ARN',
  'CONSULTAS_ISSUER',
  'DB_ADMIN_SECRET_ARN',
  'DB_CA_ARCHIVO',
  // Tolerated because the predecessor read it.
  'DB_MODE',
  'DB_SECRET_ARN',
  'ETL_LIMITE_MS',
  'ETL_MARGEN_MS',
  'ETL_RETENCION_MESES',
  'ETL_SENTENCIA_MS',
  'ETL_UMBRAL_CAMBIOS_PCT',
  'ETL_UMBRAL_CEROS_PCT',
  'ETL_UMBRAL_ENCOGIDO_PCT',
  'ETL_UMBRAL_FILAS_MALAS_PCT',
  'ETL_UMBRAL_NUEVOS_PCT',
  'ETL_UMBRAL_VENTAS_RETIRADAS_PCT',
  'ETL_UMBRAL_VENTAS_VACIO',
  'ETL_VENTAS_DESDE',
  'ETL_VENTAS_TRAMO_LINEAS',
  'KLK_ACEPTAR_SIN_META',
  'KLK_CONCURRENCIA',
  'KLK_HEADERS',
  'KLK_MAX_BYTES',
  'KLK_PUERTO',
  'KLK_REINTENTOS',
  'KLK_SECRET_ARN',
  'KLK_TIMEOUT_CONEXION_MS',
  'KLK_TIMEOUT_MS',
  'KLK_URL',
  'POSTGRES_CONSULTAS_PASSWORD',
  'POSTGRES_CONSULTAS_USER',
  'POSTGRES_DB',
  'POSTGRES_ETL_PASSWORD',
  'POSTGRES_ETL_USER',
  'POSTGRES_HOST',
  'POSTGRES_PASSWORD',
  'POSTGRES_PORT',
  'POSTGRES_SSL',
  'POSTGRES_USER',
  'TIENDAS_ARCHIVO',
] as const;

/** Variables with one of our prefixes that no program reads, probably misspelt, each as a Spanish sentence with the nearest name. */
export const describeUnknownVariables = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(env)
    .filter((name) => OURS.test(name) && !VARIABLES.some((known) => known === name))
    .sort()
    .map((name) => `la variable ${name} no existe y se ignora; ${suggestVariable(name)}`);

/** A name that is the beginning of a known one suggests that one, however many letters are missing. */
function suggestVariable(name: string): string {
  const [prefix] = OURS.exec(name) ?? [''];
  const family = VARIABLES.filter((known) => known.startsWith(prefix));
  const whole = family.filter((known) => known.startsWith(name)).sort((a, b) => a.length - b.length)[0];
  return whole === undefined ? suggest(name, family) : `¿quiso decir ${whole}?`;
}

/** Warns of variables that no program reads. They do not stop a run. */
export function warnOfUnknownVariables(
  warn: (motivo: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  describeUnknownVariables(env).forEach(warn);
}
