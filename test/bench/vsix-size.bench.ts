import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../../scripts/lib/run-benches';
import { at, cacheFolder } from '../../scripts/lib/project.mjs';
import { packVsix, sizeLimitBytes } from '../../scripts/lib/vsix.mjs';

const mebibyte = 1024 * 1024;

/** What a user downloads, and its two largest parts. */
export const bench: Bench = {
  name: 'Package size',
  run: async () => {
    const { size, contents } = await packVsix(join(cacheFolder, 'bench.vsix'));
    const bundles = contents
      .filter((path) => path.startsWith('dist/'))
      .map((path) => ({
        what: `${path} (before compression)`,
        value: statSync(at(path)).size / mebibyte,
        unit: 'MiB',
      }));
    return [
      { what: 'VSIX', value: size / mebibyte, unit: 'MiB', goal: '≤ 2 MiB', meetsGoal: size <= sizeLimitBytes },
      ...bundles.sort((a, b) => b.value - a.value).slice(0, 4),
    ];
  },
};
