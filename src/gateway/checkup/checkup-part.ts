import type { AuditEvent } from '../../core/audit';
import type { Clock } from '../../core/clock';
import type { Event } from '../../core/emitter';
import type { Engine } from '../../core/engine';
import type { Endpoint, MachineAddress } from '../../core/exposure';
import type { Logger } from '../../core/logger';
import type { SecurityMode, SecurityPolicy } from '../../core/policy-schema';
import type { TlsState } from '../../core/tls';
import type { CheckupReport, ExposureState } from '../../protocol/sharing-rpc';
import type { SharingHandlers } from '../sharing-handlers';
import { acmeDirectoryUrl } from './acme-directory';
import type { CheckupFacts } from './check';
import { CheckClient } from './check-http';
import { checkTable } from './check-table';
import { Checkup } from './checkup';
import { nodeFilePermissions } from './file-permissions';
import type { ForwardedWatch } from './forwarded-watch';

export interface CheckupPartDeps {
  readonly engines: () => readonly Engine[];
  readonly readAddresses: () => readonly MachineAddress[];
  readonly exposure: {
    readonly onDidChange: Event<void>;
    state(): ExposureState;
    tls(): TlsState;
    endpoints(): readonly Endpoint[];
  };
  readonly policy: () => SecurityPolicy;
  readonly mode: () => SecurityMode;
  readonly forwarded: ForwardedWatch;
  readonly dataDir: string;
  readonly record: (event: AuditEvent) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The check-up as the gateway uses it: with this machine's sockets and files, daily while the proxy is exposed. */
export class CheckupPart {
  readonly handlers: Pick<SharingHandlers, 'checkup/run' | 'checkup/cancel'>;
  readonly #checkup: Checkup;

  constructor(deps: CheckupPartDeps) {
    const { clock, logger, record, exposure } = deps;
    const checkup = new Checkup({
      checks: checkTable,
      facts: () => factsOf(deps),
      tools: { http: new CheckClient(), files: nodeFilePermissions },
      clock,
      logger,
      record,
    });
    this.#checkup = checkup;
    this.handlers = {
      'checkup/run': () => checkup.run(),
      'checkup/cancel': () => {
        checkup.cancel();
        return null;
      },
    };
    exposure.onDidChange(() => checkup.setExposed(exposure.state().scope !== 'machine'));
  }

  /** There is another report. */
  get onDidChange(): Event<void> {
    return this.#checkup.onDidChange;
  }

  get report(): CheckupReport | undefined {
    return this.#checkup.report;
  }

  dispose(): void {
    this.#checkup.dispose();
  }
}

function factsOf(deps: CheckupPartDeps): CheckupFacts {
  const { tls: tlsPolicy, trustedProxies } = deps.policy();
  const acmeDirectory = acmeDirectoryUrl(tlsPolicy);
  const forwarded = deps.forwarded.recent();
  return {
    platform: process.platform,
    engines: deps.engines(),
    addresses: deps.readAddresses(),
    exposure: deps.exposure.state(),
    endpoints: deps.exposure.endpoints(),
    tls: deps.exposure.tls(),
    tlsPolicy,
    mode: deps.mode(),
    trustedProxies,
    dataDir: deps.dataDir,
    ...(acmeDirectory === undefined ? {} : { acmeDirectory }),
    ...(forwarded === undefined ? {} : { forwarded }),
  };
}
