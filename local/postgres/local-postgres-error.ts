/** Stable code of what keeps the local PostgreSQL from starting. */
type LocalPostgresCode =
  'POSTGRES_EN_MARCHA' | 'POSTGRES_NO_ARRANCA' | 'POSTGRES_SIN_BINARIOS' | 'CARPETA_AJENA';

/** Why there is no local PostgreSQL: a code for machines, a Spanish message for the person at the terminal. */
export class LocalPostgresError extends Error {
  override readonly name = 'LocalPostgresError';
  readonly codigo: LocalPostgresCode;

  constructor(codigo: LocalPostgresCode, mensaje: string, options?: ErrorOptions) {
    super(mensaje, options);
    this.codigo = codigo;
  }
}
