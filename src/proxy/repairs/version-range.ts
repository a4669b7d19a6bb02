/** `version` is at least `from` and below `to`. Only the leading numbers count: `0.16.0rc1` is 0.16.0. */
export function isVersionWithin(version: string, from: string, to: string): boolean {
  return compare(version, from) >= 0 && compare(version, to) < 0;
}

function compare(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): readonly number[] {
  const digits = /^v?(\d+(?:\.\d+){0,2})/.exec(version)?.[1];
  return digits === undefined ? [] : digits.split('.').map(Number);
}
