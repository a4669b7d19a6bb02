import type { ApiKey } from '../src/core/api-key';
import type { SecurityPolicy } from '../src/core/policy-schema';
import type { AuditEvent } from '../src/core/audit';
import type { PanelMemory, PanelState, PanelTabName } from '../src/protocol/panel-messages';
import { strings } from './boot';
import type { Host } from './host';
import type { Notice } from './ui/notice';
import { visibleText } from './visible-text';

/** What the tabs share. */
export interface PanelContext {
  readonly host: Host;
  readonly notice: Notice;
  readonly directory: Directory;
  /** As last heard; stays while the gateway is away. */
  readonly state: PanelState | undefined;
  readonly memory: PanelMemory;
  remember(change: Partial<PanelMemory>): void;
  /** Brings another tab to front. */
  open(tab: PanelTabName): void;
  /** Shows the events of somebody. */
  openEvents(filter: Partial<PanelMemory['filter']>): void;
}

/** One tab's content. Built when it is first shown. */
export interface TabView {
  readonly element: HTMLElement;
  /** It is on screen from now on and may ask for data. */
  show(): void;
  /** It is not: it must ask for nothing. */
  hide(): void;
  /** The state changed, on screen or not. */
  update(state: PanelState): void;
  onEvent?(event: AuditEvent): void;
}

/** Names behind ids, and the policy behind explanations: asked for once and again when something changed. */
export class Directory {
  readonly #host: Host;
  #keys: readonly ApiKey[] = [];
  #policy: SecurityPolicy | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  get keys(): readonly ApiKey[] {
    return this.#keys;
  }

  /** Undefined until it was read: explanations then do without their figures. */
  get policy(): SecurityPolicy | undefined {
    return this.#policy;
  }

  /** Never rejects: without it, ids are shown as they are. */
  async refresh(): Promise<void> {
    const [keys, policy] = await Promise.allSettled([
      this.#host.request('keys/list', {}),
      this.#host.request('policy/get', {}),
    ]);
    if (keys.status === 'fulfilled') this.#keys = keys.value;
    if (policy.status === 'fulfilled') this.#policy = policy.value.policy as SecurityPolicy;
  }

  /** What people call a key. Local callers without one have the id `-`. */
  keyName(id: string): string {
    if (id === '-') return strings.common.thisMachine;
    const label = this.#keys.find((key) => key.id === id)?.label;
    return visibleText(label === undefined || label === '' ? id : label, 80);
  }
}
