import type { Clock } from '../core/clock';
import type { Logger } from '../core/logger';
import type { EngineKeys } from './engine-keys';
import type { Gateway } from './gateway-port';
import type { StepInput } from './input/step-input';
import type { KeyList } from './keys/key-list';
import type { Localizer } from './localizer';
import type { SecurityPanelControl } from './panel/security-panel';
import type { PolicyFile } from './policy/policy-file';
import type { ReportDocuments } from './report-documents';
import type { Settings } from './settings';
import type { EnginesViewControl } from './tree/engines-view';
import type { WiringServices } from './wiring/wiring-services';

/** What commands work with. Each takes of it what it needs. */
export interface CommandServices {
  readonly gateway: Gateway;
  readonly settings: Settings;
  readonly engineKeys: EngineKeys;
  readonly view: EnginesViewControl;
  readonly statusBar: { whileStarting<T>(work: Promise<T>): Promise<T> };
  readonly reports: ReportDocuments;
  readonly input: StepInput;
  readonly keyList: KeyList;
  readonly sharing: { show(): Promise<void> };
  /** `changed`: an open document of the policy is to show what it is now. */
  readonly policy: { readonly file: PolicyFile; changed(): void };
  readonly panel: SecurityPanelControl;
  readonly wiring: WiringServices;
  readonly log: Logger;
  readonly l10n: Localizer;
  readonly clock: Clock;
  /** Brings the output channel to front. */
  readonly showLog: () => void;
  /** In a remote window whose remote side runs FLM: settings of this machine are those of the remote. */
  readonly isOnRemote: boolean;
  /** Which machine's engines these are, in remote windows: `SSH: gpu-box`. */
  readonly machine: string | undefined;
  readonly extensionId: string;
  readonly extensionVersion: string;
}

/**
 * One command. `argument` is what the caller passed: a row of the tree, an engine id, or nothing, in which case the
 * command asks. Rejecting shows the error to the user; `FlmError('cancelled')` shows nothing.
 */
export type CommandHandler = (services: CommandServices, argument?: unknown) => Promise<void>;
