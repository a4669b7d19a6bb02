import { existsSync } from 'node:fs';
import { at } from './project.mjs';
import { buildHostTests } from './build-host-tests';
import { runChecks } from './check-suite';
import { ensureChromium } from './chromium';
import { ensureCodeServer } from './code-server';
import { runHostTests } from './host-tests';
import { runShards, testFilesOf, type ShardOptions } from './mocha-shards';
import { ensurePebble } from './pebble';
import type { TestResult } from './result-reporter';

/** A group of tests that `npm test` runs, and that can be run alone by its name. */
export interface Suite {
  readonly name: string;
  /** What it proves, for `npm test -- --help`. */
  readonly about: string;
  /** Needs dist/. */
  readonly needsBuild: boolean;
  readonly run: () => Promise<TestResult>;
  /** False: there is nothing to run (yet), which is not a failure. */
  readonly exists: () => boolean;
}

const minute = 60_000;

/**
 * Settings of the editor under test: nothing on this machine is detected, so that a real engine of the developer, or
 * the simulators of another test run, cannot change the outcome.
 */
export const hermeticSettings = {
  'flm.engines.detect': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'extensions.autoUpdate': false,
} as const;

export const suites: readonly Suite[] = [
  { name: 'check', about: 'types, lint and format', needsBuild: false, exists: () => true, run: runChecks },
  mocha('manifest', 'package.json, translations and import arrows agree with the code', { timeoutMs: 5 * minute }),
  mocha('unit', 'pure parts, with a fake clock', { timeoutMs: 15 * minute, shards: 2, isBundled: true }),
  mocha('integration', 'real sockets on random ports of this machine', {
    timeoutMs: 30 * minute,
    needsBuild: true,
    // Without it the tests against an ACME server are skipped and say so.
    prepare: async () => {
      await ensurePebble();
    },
  }),
  mocha('webview', 'the panel in a Chromium', {
    timeoutMs: 20 * minute,
    needsBuild: true,
    prepare: async () => {
      await ensureChromium();
    },
  }),
  {
    name: 'host',
    about: 'the extension inside a real VS Code',
    needsBuild: true,
    exists: () => existsSync(at('test', 'host', 'index.ts')),
    run: async () => runHostTests(await buildHostTests(), hermeticSettings),
  },
  mocha('ui', 'the packed extension in a real workbench, driven as a person would', {
    folder: 'test/host/ui',
    timeoutMs: 15 * minute,
    needsBuild: true,
    prepare: async () => {
      await ensureChromium();
      await ensureCodeServer();
    },
  }),
];

interface MochaOptions extends ShardOptions {
  readonly timeoutMs: number;
  /** Default: test/<name>. */
  readonly folder?: string;
  readonly needsBuild?: boolean;
  readonly prepare?: () => Promise<void>;
}

/** A suite of test files, run by mocha in a process of its own. */
function mocha(name: string, about: string, options: MochaOptions): Suite {
  const folder = options.folder ?? `test/${name}`;
  return {
    name,
    about,
    needsBuild: options.needsBuild ?? false,
    exists: () => testFilesOf(folder).length > 0,
    run: async () => {
      await options.prepare?.();
      return runShards(folder, options.timeoutMs, options);
    },
  };
}
