// Grouped digits would read as decimals where both styles are known.
const format = new Intl.NumberFormat('es-VE', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  useGrouping: false,
});

/** A number with one decimal as people here write it, such as `28,5`. */
export const toDecimal = (value: number): string => format.format(value);

/** A size as people read it, such as `28,5 MB`. */
export const toMegabytes = (bytes: number): string => `${toDecimal(bytes / 1e6)} MB`;
