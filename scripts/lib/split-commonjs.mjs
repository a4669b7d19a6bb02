// Splits a CommonJS bundle at its dynamic imports, which esbuild itself does for ES modules only: parsing half a
// megabyte costs every window some ten milliseconds of its start, most of it for code that runs on a click, if at all.
import { transform } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Below the folder of the bundle; the names have a hash of the content. */
const partsFolder = 'parts';

/**
 * An esbuild plugin: `import()` becomes a file of its own in `parts/`, loaded with `require` when it runs. A module that
 * two files need exists once, so that classes and symbols stay the same in both.
 */
export const splitCommonjs = {
  name: 'split-commonjs',
  setup({ initialOptions, onEnd }) {
    const { minify = false, sourcemap, target } = initialOptions;
    Object.assign(initialOptions, {
      format: 'esm',
      splitting: true,
      metafile: true,
      write: false,
      chunkNames: `${partsFolder}/[name]-[hash]`,
      // Taken over by the second pass from within the text.
      sourcemap: sourcemap === false || sourcemap === undefined ? false : 'inline',
    });
    onEnd(async ({ outputFiles = [], metafile }) => {
      const bare = packagesImported(metafile);
      if (bare.length > 0) {
        return { errors: bare.map((path) => ({ text: `import() of a package has only a default: wrap ${path}` })) };
      }
      for (const { path, text } of outputFiles) {
        const { code } = await transform(text, {
          format: 'cjs',
          platform: 'node',
          target,
          minify,
          sourcemap: initialOptions.sourcemap === false ? false : 'inline',
          sourcefile: path,
          sourcesContent: false,
          // Else `import()` would stay, and look for its file by way of the editor's loader for ES modules.
          supported: { 'dynamic-import': false },
        });
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, code);
      }
      removeOthers(outputFiles.map(({ path }) => path));
      return undefined;
    });
  },
};

/** CommonJS packages that `import()` names itself: in ES modules they would have a default export and no others. */
function packagesImported(metafile) {
  const entries = Object.values(metafile?.outputs ?? {}).map(({ entryPoint }) => entryPoint ?? '');
  return entries.filter((path) => path.includes('node_modules/'));
}

/** Parts of earlier builds. */
function removeOthers(paths) {
  const parts = paths.filter((path) => basename(dirname(path)) === partsFolder);
  for (const folder of new Set(parts.map((path) => dirname(path)))) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      if (!parts.includes(join(folder, name))) rmSync(join(folder, name));
    }
  }
}
