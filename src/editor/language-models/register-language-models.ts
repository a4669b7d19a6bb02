import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import { DisposableStore, type Disposable } from '../../core/disposable';
import type { Logger } from '../../core/logger';
import { languageModelVendor } from '../contributions';
import type { Gateway } from '../gateway-port';
import type { Localizer } from '../localizer';
import type { Memory } from '../memory';
import type { Settings } from '../settings';
import { createToolKey } from '../tool-key';
import { ChatEndpoint } from './chat-endpoint';
import { ChatSender } from './chat-sender';
import { LanguageModelProvider } from './language-model-provider';
import { ModelSource } from './model-source';
import { OwnKey, type Secrets } from './own-key';
import { UsageMemory } from './usage-memory';

export interface LanguageModelServices {
  readonly gateway: Gateway;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly memory: Memory;
  readonly l10n: Localizer;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Longer than any wait the gateway allows itself. */
const silenceMarginMs = 30_000;

/** Offers FLM's models to VS Code. Costs nothing until VS Code asks; where it cannot be asked (forks), does nothing. */
export function registerLanguageModels(services: LanguageModelServices): Disposable {
  const { gateway, settings, secrets, l10n, clock, log } = services;
  const store = new DisposableStore();
  // Editors built on VS Code may lack the API.
  const register = (vscode.lm as Partial<typeof vscode.lm> | undefined)?.registerLanguageModelChatProvider;
  if (register === undefined) return store;
  const memory = new UsageMemory(services.memory);
  const models = store.add(new ModelSource(gateway, settings, memory, l10n, clock));
  const endpoint = new ChatEndpoint(gateway, settings, l10n);
  const sender = new ChatSender({
    endpoint: () => endpoint.get(),
    key: new OwnKey(secrets, async () => (await createToolKey(gateway, 'VS Code')).secret),
    silenceLimitMs: () => {
      const seconds = Math.max(
        settings.get('timeouts.firstByteSeconds', 600),
        settings.get('timeouts.idleSeconds', 300),
      );
      return (seconds + settings.get('timeouts.connectSeconds', 5)) * 1000 + silenceMarginMs;
    },
  });
  const provider = store.add(new LanguageModelProvider(models, sender, memory, log));
  models.start();
  store.add(register(languageModelVendor, provider));
  return store;
}
