import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleTests } from '../../../scripts/lib/bundle-tests';
import { runMocha } from '../../../scripts/lib/mocha-suite';
import { at } from '../../../scripts/lib/project.mjs';

describe('a bundle of tests', function () {
  this.timeout(90_000);

  let folder: string;
  beforeEach(() => {
    // In the checkout: bundles take their packages from its node_modules.
    mkdirSync(at('out'), { recursive: true });
    folder = mkdtempSync(at('out', 'flm-bundle-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, source: string): string {
    const file = join(folder, name);
    writeFileSync(file, source);
    return file;
  }

  async function run(...files: readonly string[]) {
    const [bundle] = await bundleTests([files], join(folder, 'out'));
    return runMocha(bundle!, 40_000, { output: 'ignore' });
  }

  it('tells failures by the line of their source, and goes on', async () => {
    const result = await run(
      write(
        'a.test.ts',
        `interface Unused {\n  a: string;\n}\nit('fails', () => {\n  throw new Error('on purpose');\n});\n`,
      ),
      write('b.test.ts', `it('passes', () => {});\nit.skip('is skipped', () => {});\n`),
    );

    assert.deepEqual([result.passed, result.failed, result.skipped], [1, 1, 1]);
    assert.match(result.failures[0]!.message, /on purpose[^]*a\.test\.ts:5:9/);
  });

  it('leaves modules their own place on disk', async () => {
    const result = await run(
      write(
        'place.test.ts',
        `it(JSON.stringify([__dirname, __filename, import.meta.dirname, import.meta.url]), () => {
          throw new Error();
        });`,
      ),
    );

    const [directory, file, sameDirectory, url] = JSON.parse(result.failures[0]!.title) as readonly string[];
    assert.equal(directory, sameDirectory);
    assert.equal(file, join(directory!, 'place.test.ts'));
    assert.match(url!, /^file:.*\/flm-bundle-.*\/place\.test\.ts$/);
    assert.match(directory!, /flm-bundle-[^/\\]*$/);
  });

  it('refuses a test that only is left on', async () => {
    await assert.rejects(run(write('only.test.ts', `it.only('runs alone', () => {});`)), /without a result|exit code/);
  });

  it('fails when a file cannot be loaded', async () => {
    await assert.rejects(run(write('broken.test.ts', `throw new Error('broken file');`)), /without a result/);
  });

  it('names the file and line of a syntax error', async () => {
    const [bundle, broken] = [join(folder, 'out'), write('syntax.test.ts', `\nconst = 1;\n`)];

    await assert.rejects(bundleTests([[broken]], bundle, 'silent'), /syntax\.test\.ts:2:6/);
  });
});
