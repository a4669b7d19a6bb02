const bars = '▁▂▃▄▅▆▇█';

/** One character per value, as high as its share of the largest; nothing at all is a dot. */
export function sparkline(values: readonly number[]): string {
  const largest = Math.max(0, ...values);
  return values
    .map((value) => (value <= 0 ? '·' : bars.charAt(Math.ceil((value / largest) * bars.length) - 1)))
    .join('');
}
