import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a gateway without VS Code keeps its state when nobody says otherwise: the system's place for such data. */
export function defaultDataDir(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string {
  const named = env.FLM_DATA_DIR;
  if (named !== undefined && named !== '') return resolve(named);
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'flm');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'flm');
  // XDG Base Directory Specification: a relative path is to be ignored.
  const xdg = env.XDG_DATA_HOME;
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share'), 'flm');
}
