import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { at, root } from '../../../scripts/lib/project.mjs';
import { splitCommonjs } from '../../../scripts/lib/split-commonjs.mjs';

const require = createRequire(__filename);

describe('a CommonJS bundle split at its dynamic imports', function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flm-split-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function bundle(entry: string, minify = false): Promise<Metafile> {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: { main: entry },
      outdir: join(folder, 'dist'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      mainFields: ['module', 'main'],
      external: ['vscode'],
      minify,
      keepNames: true,
      metafile: true,
      plugins: [splitCommonjs],
      logLevel: 'silent',
    });
    return metafile;
  }

  function write(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  const parts = () => readdirSync(join(folder, 'dist', 'parts'));

  function program(): string {
    write('shared.js', "export class Shared {}; export const mark = Symbol('mark');");
    write(
      'later.js',
      "import { Shared, mark } from './shared'; globalThis.isLaterLoaded = true; export { Shared, mark };",
    );
    return write(
      'main.js',
      "import { Shared, mark } from './shared'; export { Shared, mark }; export const later = () => import('./later');",
    );
  }

  for (const minify of [false, true]) {
    it(`loads a part when it is wanted, with the same classes and symbols${minify ? ', minified' : ''}`, async () => {
      await bundle(program(), minify);
      const loaded = globalThis as { isLaterLoaded?: boolean };
      delete loaded.isLaterLoaded;

      const main = require(join(folder, 'dist', 'main.js')) as {
        Shared: unknown;
        mark: symbol;
        later: () => Promise<{ Shared: unknown; mark: symbol }>;
      };
      assert.equal(loaded.isLaterLoaded, undefined);

      const later = await main.later();
      assert.equal(loaded.isLaterLoaded, true);
      assert.equal(later.Shared, main.Shared);
      assert.equal(later.mark, main.mark);
    });
  }

  it('refuses what would come without its members: import() of a package', async () => {
    const path = at('node_modules', 'vscode-jsonrpc', 'lib', 'node', 'main.js');
    const entry = write('main.js', `export const later = () => import('${path}');`);

    await assert.rejects(bundle(entry), /has only a default/);
  });

  it('leaves no parts of earlier builds', async () => {
    await bundle(program());
    const before = parts();
    write('shared.js', "export class Shared { isNew = true }; export const mark = Symbol('other');");

    await bundle(join(folder, 'main.js'));

    assert.equal(parts().length, before.length);
    assert.notDeepEqual(parts(), before);
  });

  it('keeps from the start-up of the extension what commands alone need', async () => {
    const { outputs } = await bundle(at('src', 'extension.ts'), true);
    const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === 'src/extension.ts');
    const atStart = new Set<string>();
    const follow = (path: string): void => {
      if (atStart.has(path)) return;
      atStart.add(path);
      for (const { kind, path: next, external } of outputs[path]?.imports ?? []) {
        if (kind === 'import-statement' && external !== true) follow(next);
      }
    };
    follow(entry!);

    const inputs = [...atStart].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
    const packages = ['js-yaml', 'jsonc-parser', 'qr', 'vscode-jsonrpc', 'fastify', 'undici', 'sql.js'];
    const heavy = inputs.filter(
      (path) =>
        path.startsWith('src/editor/commands/') || packages.some((name) => path.includes(`node_modules/${name}/`)),
    );

    assert.ok(inputs.includes('src/compose.ts'));
    assert.deepEqual(heavy, []);
    const main = readFileSync(join(folder, 'dist', 'main.js'), 'utf8');
    assert.match(main, /require\("vscode"\)/);
  });
});
