import * as vscode from 'vscode';
import type { AuditEvent } from '../../core/audit';
import type { Clock } from '../../core/clock';
import { DisposableStore, type Disposable } from '../../core/disposable';
import type { CommandId } from '../contributions';
import type { Gateway } from '../gateway-port';
import { keyLabel } from '../keys/key-facts';
import type { KeyList } from '../keys/key-list';
import { localizeReason, type Localizer } from '../localizer';
import { messageText } from '../safe-text';
import { exposure } from '../status-bar-lines';
import { Interruptions, type Interruption, type Toast } from './interruptions';
import type { NewsWindow } from './news-window';
import { toastText } from './toast-text';
import type { UnseenBlocks } from './unseen-blocks';

/** The state follows within half a second. */
const stateDelayMs = 2_000;

/**
 * Tells people of what they may have to act on, as seldom as can be, and in one window. Ordinary warnings, so that
 * VS Code's own "do not disturb" keeps them back.
 */
export class SecurityNotices implements Disposable {
  readonly #gateway: Gateway;
  readonly #keys: KeyList;
  readonly #l10n: Localizer;
  readonly #newsWindow: NewsWindow;
  readonly #unseen: UnseenBlocks;
  readonly #clock: Clock;
  readonly #interruptions: Interruptions;
  readonly #store = new DisposableStore();

  constructor(
    gateway: Gateway,
    keys: KeyList,
    unseen: UnseenBlocks,
    newsWindow: NewsWindow,
    l10n: Localizer,
    clock: Clock,
  ) {
    this.#gateway = gateway;
    this.#keys = keys;
    this.#l10n = l10n;
    this.#newsWindow = newsWindow;
    this.#unseen = unseen;
    this.#clock = clock;
    this.#interruptions = this.#store.add(
      new Interruptions(
        clock,
        // Every window keeps the same quiet minutes, whichever is in front when they end.
        (toast) => {
          if (this.#newsWindow.isInFront) void this.#tell(toast);
        },
        (interruption) => this.#isStillTrue(interruption),
      ),
    );
  }

  start(): void {
    this.#store.add(
      this.#gateway.onDidSecurityEvent((event) => {
        if (event.isExpected !== true) this.#interruptions.add(event);
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  #isStillTrue({ kind, event }: Interruption): boolean {
    const security = this.#gateway.status.state?.security;
    if (security === undefined) return true;
    if (kind === 'throttle') return security.load.throttle >= 3;
    // What was lifted, or looked at in the meantime, is no news. The state may be a moment behind the event.
    const isYoung = this.#clock.now() - event.at < stateDelayMs;
    return kind !== 'block' || isYoung || this.#unseen.has(event.address ?? '');
  }

  async #tell(toast: Toast): Promise<void> {
    const text = toastText(this.#l10n, toast, {
      keyLabel: (id) => this.#labelOf(id),
      exposure: ({ details }) => exposure(this.#l10n, addressesIn(details), messageText),
      hole: (event) => this.#holeOf(event),
    });
    const actions = this.#actions(toast);
    const answer = await vscode.window.showWarningMessage(text, ...actions.map(({ title }) => title));
    const action = actions.find(({ title }) => title === answer);
    if (action !== undefined) await vscode.commands.executeCommand(action.command, action.argument);
  }

  #actions(toast: Toast): { readonly title: string; readonly command: CommandId; readonly argument?: string }[] {
    const show = { title: this.#l10n.t('Show'), command: 'flm.blocks.show' } as const;
    if (toast.type === 'sum') return [show];
    const { kind, event } = toast.interruption;
    if (kind === 'hole') return [{ title: this.#l10n.t('Show'), command: 'flm.checkup.show' }];
    const events = { title: this.#l10n.t('Show'), command: 'flm.audit.showEvents' } as const;
    if (event.address === undefined) return [events];
    const argument = event.address;
    if (kind === 'block') {
      return [
        show,
        { title: this.#l10n.t('Unblock'), command: 'flm.blocks.remove', argument },
        { title: this.#l10n.t('Allow Always'), command: 'flm.blocks.allow', argument },
      ];
    }
    return kind === 'decoy'
      ? [events, { title: this.#l10n.t('Block…'), command: 'flm.blocks.add', argument }]
      : [events];
  }

  /** The report may be a moment behind the event, which says it in English. */
  #holeOf({ rule, engineId, evidence = '' }: AuditEvent): string {
    const findings = this.#gateway.status.state?.sharing.checkup?.findings ?? [];
    const finding = findings.find((one) => one.check === rule && one.engineId === engineId);
    return finding === undefined ? messageText(evidence) : localizeReason(this.#l10n, finding.what, messageText);
  }

  #labelOf(id: string): string {
    const key = this.#keys.known.keys.find((known) => known.id === id);
    return key === undefined ? id : keyLabel(key);
  }
}

/** Where the gateway listens after a change, beyond loopback. Told by the event: the state may be a moment behind. */
function addressesIn(details: AuditEvent['details']): readonly string[] {
  const to = details?.to;
  return typeof to !== 'string' || to === 'loopback' ? [] : to.split(', ');
}
