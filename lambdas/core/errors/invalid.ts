import { z } from 'zod';

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

const spanish = z.locales.es().localeError;

/** The problems that zod found, one Spanish line each, `path: problem`. The values are left out, because they may be secret. */
export function describeIssues(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const where = issue.path.map(String).join('.');
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
}

/** Parse options that make zod speak Spanish without touching its global state. */
export const EN_ESPANOL = { error: spanish };
