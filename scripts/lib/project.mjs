// Where things are in this checkout, and its version.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Absolute path of something in the checkout. */
export const at = (...parts) => join(root, ...parts);

export const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'));

/** Everything that is downloaded or written while testing; git-ignored, safe to delete. */
export const cacheFolder = at('.vscode-test');
