import { countOf, objectOf, parseJson, textOf } from './json';
import type { HostEnvironment } from './host-environment';
import { joinPath } from './host-paths';

/** What LM Studio's own files say. */
export interface LmStudioFiles {
  /** Port the REST server used last; no proof that it runs. */
  readonly port?: number;
  readonly portFile?: string;
  /** Path of the app or of the headless program, if one is installed. */
  readonly installPath?: string;
  /** Its command-line tool, if there is one. */
  readonly cliPath?: string;
}

/**
 * LM Studio's folder (lmstudio.js findLMStudioHome): what the pointer file says, else the old place if it exists,
 * else the new one.
 */
export async function findLmStudioHome(host: HostEnvironment): Promise<string> {
  const pointer = (await host.readText(joinPath(host, host.home, '.lmstudio-home-pointer')))?.trim();
  if (pointer !== undefined && pointer !== '' && pointer.length < 4096) return pointer;
  const old = joinPath(host, host.home, '.cache', 'lm-studio');
  return (await host.exists(old)) ? old : joinPath(host, host.home, '.lmstudio');
}

/** Reads at most four small files. Never throws. */
export async function readLmStudioFiles(host: HostEnvironment): Promise<LmStudioFiles> {
  const home = await findLmStudioHome(host);
  const portFile = joinPath(host, home, '.internal', 'http-server-config.json');
  const cli = joinPath(host, home, 'bin', host.platform === 'win32' ? 'lms.exe' : 'lms');
  const [config, app, headless, hasCli] = await Promise.all([
    readJson(host, portFile),
    readJson(host, joinPath(host, home, '.internal', 'app-install-location.json')),
    readJson(host, joinPath(host, home, '.internal', 'llmster-install-location.json')),
    host.exists(cli),
  ]);
  const port = countOf(config?.port);
  const installPath = await firstExisting(host, [textOf(app?.path, 4096), textOf(headless?.path, 4096)]);
  return {
    ...(port !== undefined && port <= 65535 ? { port, portFile } : {}),
    ...(installPath === undefined ? {} : { installPath }),
    ...(hasCli ? { cliPath: cli } : {}),
  };
}

async function readJson(host: HostEnvironment, path: string): Promise<ReturnType<typeof objectOf>> {
  const text = await host.readText(path);
  return text === undefined ? undefined : objectOf(parseJson(text));
}

/** The location files outlive an uninstallation. */
async function firstExisting(
  host: HostEnvironment,
  paths: readonly (string | undefined)[],
): Promise<string | undefined> {
  for (const path of paths) {
    if (path !== undefined && (await host.exists(path))) return path;
  }
  return undefined;
}
