import type { Resumen } from './summary.ts';

/** The event asks for something that cannot be done; nothing was touched. Named for the operators who read it. */
export class SolicitudInvalida extends Error {
  override readonly name = 'SolicitudInvalida';
}

/** Environment, flags or catalogue are wrong; nothing was touched. One message lists every problem. */
export class ConfiguracionInvalida extends Error {
  override readonly name = 'ConfiguracionInvalida';
  readonly problemas: readonly string[];

  constructor(problemas: readonly string[]) {
    super(`Configuración inválida:\n${problemas.map((problema) => `- ${problema}`).join('\n')}`);
    this.problemas = problemas;
  }
}

/** Some store was not loaded; the others were. Carries the summary of what happened. */
export class EjecucionIncompleta extends Error {
  override readonly name = 'EjecucionIncompleta';
  readonly resumen: Resumen;

  constructor(mensaje: string, resumen: Resumen) {
    super(mensaje);
    this.resumen = resumen;
  }
}

/** The run failed before any store. Carries the summary, whose `error` says why. */
export class EjecucionFallida extends Error {
  override readonly name = 'EjecucionFallida';
  readonly resumen: Resumen;

  constructor(mensaje: string, resumen: Resumen) {
    super(mensaje);
    this.resumen = resumen;
  }
}
