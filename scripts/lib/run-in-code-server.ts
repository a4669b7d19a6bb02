import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { inspect } from 'node:util';
import { join } from 'node:path';
import { ensureChromium, launchChromium } from './chromium';
import { ensureCodeServer } from './code-server';
import { startCodeServer } from './code-server-process';
import { freePort } from './free-port';
import { cacheFolder, root } from './project.mjs';
import type { HostTests } from './host-tests';

/** What the workbench and the extension host logged in the last run: mostly noise, shown only when it may explain a failure. */
export const hostLog = join(cacheFolder, 'host-tests.log');

const openTimeoutMs = 120_000;

/**
 * Runs the host tests in the extension host of a code-server, driven by a page in a Chromium without a window.
 * Answers the exit code that the workbench reported.
 */
export async function runInCodeServer({ run, testIndex, settings, timeoutMs }: HostTests): Promise<number> {
  const chromium = await ensureChromium();
  const install = await ensureCodeServer();
  const workspace = join(run.folder, 'workspace');
  const dataFolder = join(run.folder, 'server');
  mkdirSync(workspace, { recursive: true });
  rmSync(hostLog, { force: true });

  const port = await freePort();
  const server = await startCodeServer(install, {
    dataFolder,
    port,
    settings,
    smokeTestDriver: true,
    env: run.environment,
  });
  try {
    const browser = await launchChromium(chromium);
    try {
      const page = await browser.newPage();
      let end: (code: number) => void = () => undefined;
      const ended = new Promise<number>((resolve) => (end = resolve));
      await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
        const text = args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg))).join(' ');
        appendFileSync(hostLog, `[${type}] ${text}\n`);
      });
      await page.exposeFunction('codeAutomationExit', (code: number) => end(code));
      const authority = `127.0.0.1:${port}`;
      const payload = [
        ['extensionDevelopmentPath', `vscode-remote://${authority}${root}`],
        ['extensionTestsPath', `vscode-remote://${authority}${testIndex}`],
      ];
      const query = `folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
      await page.goto(`${server.origin}/?${query}`, { timeout: openTimeoutMs });
      const code = await within(
        ended,
        timeoutMs,
        `The host tests did not end within ${timeoutMs / 1000} s. See ${hostLog}`,
      );
      await page.close();
      // Stopping the server right away could cut off `deactivate`, which is part of what is tested.
      await server.hostsLeft(0);
      return code;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

/** What a promise resolves with; rejects with `message` when that takes too long. */
async function within<T>(promise: Promise<T>, timeoutMs: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
