const PLAIN_DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Zeros without meaning. Stripped after the check, each in one linear pass, because a text may be long. */
const LEADING_ZEROS = /^0+(?=\d)/;
const TRAILING_ZEROS = /(?<!0)0+$/;

/** Digits before the point of a quantity, at most. KLK has sent larger quantities, which are no stock of a store. */
const MAX_INTEGER_DIGITS = 9;

/** PostgreSQL's numeric keeps at most this many digits after the point. */
const MAX_DECIMALS = 16_383;

/**
 * A number of KLK, JSON number or plain decimal text, as canonical decimal text (`"-12.50"` is `"-12.5"`) that PostgreSQL
 * reads without loss. Undefined when it cannot be read: an unreadable stock is never 0.
 */
export function parseDecimal(
  value: unknown,
  maxIntegerDigits: number = MAX_INTEGER_DIGITS,
): string | undefined {
  if (typeof value === 'number') return fromNumber(value, maxIntegerDigits);
  if (typeof value !== 'string') return undefined;
  const match = PLAIN_DECIMAL.exec(value.trim());
  if (match === null) return undefined;
  const sign = match[1];
  const integer = match[2]?.replace(LEADING_ZEROS, '') ?? '';
  const decimals = match[3]?.replace(TRAILING_ZEROS, '') ?? '';
  if (integer.length > maxIntegerDigits || decimals.length > MAX_DECIMALS) return undefined;
  const magnitude = decimals === '' ? integer : `${integer}.${decimals}`;
  return sign === '-' && magnitude !== '0' ? `-${magnitude}` : magnitude;
}

function fromNumber(value: number, maxIntegerDigits: number): string | undefined {
  if (!Number.isFinite(value) || Math.abs(value) >= 10 ** maxIntegerDigits) return undefined;
  return withoutExponent(String(value));
}

/** JavaScript writes numbers below 10^-6 with an exponent: `1.5e-7` becomes `0.00000015`. */
function withoutExponent(text: string): string {
  if (!text.includes('e')) return text;
  const [mantissa = '', exponent] = text.split('e-');
  const digits = mantissa.replace(/[-.]/g, '');
  return `${text.startsWith('-') ? '-' : ''}0.${'0'.repeat(Number(exponent) - 1)}${digits}`;
}
