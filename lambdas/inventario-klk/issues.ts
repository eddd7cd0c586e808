import { z } from 'zod';

const spanish = z.locales.es().localeError;

/** What zod found wrong, one Spanish line each, `path: problem`; the refused values are not repeated, they may be secret. */
export function describeIssues(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const where = issue.path.map(String).join('.');
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
}

/** Parse options that make zod speak Spanish without touching its global state. */
export const EN_ESPANOL = { error: spanish };
