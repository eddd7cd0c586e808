/** The sum of canonical decimal texts, as one; no digit is lost. */
export function sumDecimals(texts: readonly string[]): string {
  const decimals = Math.max(0, ...texts.map((text) => fractionOf(text).length));
  const total = texts.reduce(
    (sum, text) => sum + BigInt(text.replace('.', '') + '0'.repeat(decimals - fractionOf(text).length)),
    0n,
  );
  return toText(total, decimals);
}

const fractionOf = (text: string): string => text.split('.')[1] ?? '';

function toText(scaled: bigint, decimals: number): string {
  const sign = scaled < 0n ? '-' : '';
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
