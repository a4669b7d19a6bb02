/**
 * Compares versions as engines state them: `0.32.15`, `v0.6.6.post1`, `0.9.0rc2`, llama.cpp's `b9775-be4a6a63e`. Numbers
 * count piece by piece; what a release candidate comes before is the release (PEP 440, SemVer 2.0 §11), a `post` comes
 * after it. Undefined: one of them is no version, or they are of different kinds.
 */
export function compareVersions(a: string, b: string): number | undefined {
  const left = readVersion(a);
  const right = readVersion(b);
  if (left === undefined || right === undefined || left.isBuild !== right.isBuild) return undefined;
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let index = 0; index < length; index++) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(left.rank - right.rank);
}

interface Version {
  /** A build number of llama.cpp. */
  readonly isBuild: boolean;
  readonly numbers: readonly number[];
  /** Before the release, the release, after it. */
  readonly rank: -1 | 0 | 1;
}

function readVersion(text: string): Version | undefined {
  const build = /^b(\d{1,7})(?:[-.+].*)?$/.exec(text.trim());
  if (build?.[1] !== undefined) return { isBuild: true, numbers: [Number(build[1])], rank: 0 };
  const match = /^v?(\d{1,7}(?:\.\d{1,7}){0,5})(.{0,80})$/.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  return { isBuild: false, numbers: match[1].split('.').map(Number), rank: rankOf(match[2] ?? '') };
}

function rankOf(suffix: string): Version['rank'] {
  if (/^[-.]?(?:a|b|rc|alpha|beta|dev|pre)/i.test(suffix)) return -1;
  return /^[-.]?post/i.test(suffix) ? 1 : 0;
}
