/** Stable code of the reason why the local PostgreSQL did not start. */
type LocalPostgresCode =
  'POSTGRES_EN_MARCHA' | 'POSTGRES_NO_ARRANCA' | 'POSTGRES_SIN_BINARIOS' | 'CARPETA_AJENA';

/** The local PostgreSQL did not start: a code for programs, a Spanish message for people. */
export class LocalPostgresError extends Error {
  override readonly name = 'LocalPostgresError';
  readonly codigo: LocalPostgresCode;

  constructor(codigo: LocalPostgresCode, mensaje: string, options?: ErrorOptions) {
    super(mensaje, options);
    this.codigo = codigo;
  }
}
