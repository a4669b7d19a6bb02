import { readFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import config from '../../.mocharc.json';
import { at, root } from './project.mjs';

/** Test files in one file of JavaScript, which starts in a fraction of the time that loading them one by one takes. */
export interface TestBundle {
  readonly file: string;
  /** `ResultReporter` in JavaScript: mocha runs without anything that reads TypeScript. */
  readonly reporter: string;
}

/**
 * Bundles every hand of test files, and the sources they import, into a file of its own below `folder` (which is
 * emptied); packages stay where they are. Throws, naming file and line, when one of them cannot be read.
 *
 * What modules know of their place on disk stays that of their source, and with source maps so do stack traces.
 */
export async function bundleTests(
  hands: readonly (readonly string[])[],
  folder: string,
  logLevel: 'warning' | 'silent' = 'warning',
): Promise<readonly TestBundle[]> {
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: {
      reporter: at('scripts/lib/result-reporter.ts'),
      ...Object.fromEntries(hands.map((_files, hand) => [`tests-${hand}`, `${handPrefix}${hand}`])),
    },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel,
    plugins: [entryOf(hands), placeOnDisk],
  });
  return hands.map((_files, hand) => ({
    file: join(folder, `tests-${hand}.cjs`),
    reporter: join(folder, 'reporter.cjs'),
  }));
}

const handPrefix = 'hand:';

/** A module for each hand that imports what mocha loads before any test, then its files in their order. */
function entryOf(hands: readonly (readonly string[])[]): Plugin {
  return {
    name: 'entry-of-hand',
    setup: (bundler) => {
      bundler.onResolve({ filter: new RegExp(`^${handPrefix}`) }, ({ path }) => ({ path, namespace: 'hand' }));
      bundler.onLoad({ filter: /./, namespace: 'hand' }, ({ path }) => {
        const files = [...config.require, ...(hands[Number(path.slice(handPrefix.length))] ?? [])];
        const contents = files.map((file) => `import ${JSON.stringify(resolve(root, file))};`).join('\n');
        return { contents, resolveDir: root };
      });
    },
  };
}

const ownPlace: readonly (readonly [words: RegExp, of: (path: string) => string])[] = [
  [/\b(?:__dirname|import\.meta\.dirname)\b/g, dirname],
  [/\b(?:__filename|import\.meta\.filename)\b/g, (path) => path],
  [/\bimport\.meta\.url\b/g, (path) => pathToFileURL(path).href],
];

/** In a bundle these would name the bundle. */
const placeOnDisk: Plugin = {
  name: 'place-on-disk',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = ownPlace.reduce(
        (text, [words, of]) => text.replace(words, () => JSON.stringify(of(path))),
        source,
      );
      return { contents, loader: 'ts' };
    });
  },
};
