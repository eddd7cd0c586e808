const MAX_LENGTH = 200;

/** A shorter value is no secret, and hiding it would hide ordinary words. */
const MIN_SECRET_LENGTH = 4;

/** Every encoded form of the secrets, the longest first. */
let secretForms: readonly string[] = [];

/** Masks this secret in every later excerpt: a system that received it may send it back. */
export function conceal(secret: string): void {
  const forms = partsOf(secret.toWellFormed()).flatMap(formsOf);
  secretForms = [...new Set([...secretForms, ...forms])]
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
}

/** At most 200 characters of a foreign text on one line, safe to log: no control characters and no secrets. */
export function excerpt(text: string): string {
  const line = maskSecrets(text)
    .slice(0, MAX_LENGTH)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line === '' ? '(vacío)' : line;
}

/** The beginning of a text, masked before it is cut: half a secret would not be recognised. */
function maskSecrets(text: string): string {
  const beginning = text.slice(0, MAX_LENGTH + (secretForms[0]?.length ?? 0));
  return secretForms.reduce((masked, form) => masked.replaceAll(form, '*'.repeat(form.length)), beginning);
}

/** A header's value, its credentials without the scheme (`Bearer …`), and the decoded credentials of `Basic`. */
function partsOf(secret: string): string[] {
  const [scheme = '', ...credentials] = secret.split(/\s+/);
  const decoded = /^basic$/i.test(scheme)
    ? credentials.map((credential) => Buffer.from(credential, 'base64').toString())
    : [];
  return [secret, ...credentials, ...decoded, ...decoded.flatMap((pair) => pair.split(':'))];
}

const formsOf = (text: string): string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
  Buffer.from(text).toString('base64url'),
];
