// `npm run package`: builds for production and packs flm-<version>.vsix, the file that «Install from VSIX…» takes.
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { at, manifest } from './lib/project.mjs';
import { packVsix, sizeLimitBytes } from './lib/vsix.mjs';

try {
  await ensureInstalled();
  await build({ production: true });
  const { file, size, contents } = await packVsix(at(`${manifest.name}-${manifest.version}.vsix`));
  if (size > sizeLimitBytes) throw new Error(`${file} has ${size} bytes; the limit is ${sizeLimitBytes}.`);
  for (const path of contents) console.log(`  ${path}`);
  console.log(`${file}: ${mebibytes(size)} MiB (limit ${mebibytes(sizeLimitBytes)} MiB)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function mebibytes(bytes) {
  return (bytes / 1024 / 1024).toFixed(2);
}
