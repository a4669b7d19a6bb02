import * as vscode from 'vscode';
import { isUsable } from '../core/engine';
import type { ContextKey, ContextKeys } from './contributions';
import type { GatewayStatus } from './gateway-port';

export interface ContextKeySetter {
  set<K extends ContextKey>(key: K, value: ContextKeys[K]): void;
}

/** Sets the keys that `when` clauses ask for; tells VS Code only of changes. */
export class WindowContextKeys implements ContextKeySetter {
  readonly #values = new Map<ContextKey, unknown>();

  set<K extends ContextKey>(key: K, value: ContextKeys[K]): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }

  /** The keys that follow from the gateway's state. */
  update({ state }: GatewayStatus): void {
    const phase = state?.proxy.phase ?? 'off';
    this.set('flm.proxyPhase', phase);
    this.set('flm.proxyOn', phase === 'on');
    this.set('flm.hasEngines', state?.engines.engines.some((engine) => isUsable(engine.state)) ?? false);
    this.set('flm.demoRunning', state?.demoEngine !== undefined);
    this.set('flm.exposed', (state?.sharing.exposure.addresses.length ?? 0) > 0);
    this.set('flm.tlsMode', state?.sharing.tls.mode ?? 'off');
    this.set('flm.hasCa', state?.sharing.tls.caFile !== undefined);
  }
}
