import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { run } from './child.mjs';

const launchTimeoutMs = 60_000;
const aptTimeoutMs = 10 * 60_000;

/** Names on PATH, then usual paths; any Chromium of the last two years will do. */
const programNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const usualPaths: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/google-chrome', '/snap/bin/chromium', '/opt/google/chrome/chrome'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((variable) => {
    const base = process.env[variable];
    if (base === undefined) return [];
    return [join(base, 'Google/Chrome/Application/chrome.exe'), join(base, 'Microsoft/Edge/Application/msedge.exe')];
  }),
};

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A small /dev/shm (containers) would end the page with «Aw, Snap».
  '--disable-dev-shm-usage',
];

/** A Chromium of this machine, or undefined. `FLM_CHROMIUM` decides when it is set; a wrong value throws. */
export function findChromium(): string | undefined {
  const named = process.env.FLM_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`FLM_CHROMIUM names ${named}, which does not exist.`);
    return named;
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = programNames.flatMap((name) => folders.map((folder) => join(folder, `${name}${suffix}`)));
  return [...onPath, ...(usualPaths[process.platform] ?? []), chromium.executablePath()].find(
    (path) => path !== '' && existsSync(path),
  );
}

/** A Chromium; installs Debian's as root on Linux. Throws a message that says what to do when there is none. */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.log('› Installing Chromium with apt-get');
    const options = {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      quiet: true,
      timeoutMs: aptTimeoutMs,
    };
    const retries = ['-o', 'Acquire::Retries=3'];
    await run('apt-get', [...retries, 'update'], options);
    await run(
      'apt-get',
      [...retries, '-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', 'chromium'],
      options,
    );
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error('No Chromium found. Install Chromium, Chrome or Edge, or name one in FLM_CHROMIUM.');
}

/** Starts it without a window. */
export async function launchChromium(executablePath: string): Promise<Browser> {
  // On a signal Playwright would end this process before a page could close in order. It still ends the browser with us.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return chromium.launch({ executablePath, headless: true, args: flags, timeout: launchTimeoutMs, ...signals });
}
