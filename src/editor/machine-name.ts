import { isLoopbackHost } from '../core/model-id';
import type { Localizer } from './localizer';

/** Where this window's extension host runs. */
export interface HostFacts {
  /** `vscode.env.remoteName`: undefined in a local window. */
  readonly remoteName: string | undefined;
  /** The extension runs on the remote side. In a remote window it may run locally instead (`extensionKind`). */
  readonly isOnRemote: boolean;
  readonly hostName: string;
  readonly wslDistribution: string | undefined;
}

/** Which machine's engines the view lists, in remote windows: `SSH: gpu-box`. Undefined in a local window. */
export function machineName(l10n: Localizer, host: HostFacts): string | undefined {
  if (host.remoteName === undefined) return undefined;
  if (!host.isOnRemote) return l10n.t('this machine');
  switch (host.remoteName) {
    case 'ssh-remote':
      return `SSH: ${host.hostName}`;
    case 'wsl':
      return `WSL: ${host.wslDistribution ?? host.hostName}`;
    case 'dev-container':
    case 'attached-container':
      return l10n.t('container: {0}', host.hostName);
    default:
      // VS Code in a browser names the server it came from; from the loopback that is this machine.
      return isLoopbackHost(host.remoteName.replace(/:\d+$/, '')) ? undefined : host.hostName;
  }
}
