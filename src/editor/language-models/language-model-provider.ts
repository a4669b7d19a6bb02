import * as vscode from 'vscode';
import type { Disposable } from '../../core/disposable';
import { messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import { ChatError, type ChatErrorKind } from './chat-error';
import type { ChatEvent, ChatUsage } from './chat-message';
import type { ChatSender } from './chat-sender';
import { readMessage } from './message-parts';
import type { ModelInformation } from './model-information';
import type { ModelSource } from './model-source';
import { estimateMessageTokens, estimateTokens } from './token-estimate';
import type { UsageMemory } from './usage-memory';

/** FLM's models as VS Code sees them: translates between its classes and the functions beside this file. */
export class LanguageModelProvider implements vscode.LanguageModelChatProvider<ModelInformation>, Disposable {
  readonly #models: ModelSource;
  readonly #sender: ChatSender;
  readonly #memory: UsageMemory;
  readonly #log: Logger;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: Disposable;
  readonly onDidChangeLanguageModelChatInformation = this.#changed.event;

  constructor(models: ModelSource, sender: ChatSender, memory: UsageMemory, log: Logger) {
    this.#models = models;
    this.#sender = sender;
    this.#memory = memory;
    this.#log = log;
    this.#subscription = models.onDidChange(() => this.#changed.fire());
  }

  async provideLanguageModelChatInformation(
    options: vscode.PrepareLanguageModelChatModelOptions,
    token: vscode.CancellationToken,
  ): Promise<ModelInformation[]> {
    return withSignal(token, async (signal) => [...(await this.#models.models(options.silent, signal))]);
  }

  async provideLanguageModelChatResponse(
    model: ModelInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    void this.#memory.note();
    const request = {
      model: model.id,
      messages: messages.map(readMessage),
      tools: (options.tools ?? []).map(({ name, description, inputSchema }) => ({
        name,
        description,
        ...(inputSchema !== undefined && { inputSchema }),
      })),
      mustCallTool: options.toolMode === vscode.LanguageModelChatToolMode.Required,
      modelOptions: options.modelOptions ?? {},
    };
    try {
      await withSignal(token, (signal) => this.#sender.send(request, (event) => this.#report(progress, event), signal));
    } catch (error) {
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      this.#log.warn('A chat from VS Code failed', { model: model.id, error: messageOf(error) });
      throw languageModelError(error);
    }
  }

  /** An estimate; see {@link estimateTokens}. */
  provideTokenCount(_model: ModelInformation, text: string | vscode.LanguageModelChatRequestMessage): Promise<number> {
    return Promise.resolve(typeof text === 'string' ? estimateTokens(text) : estimateMessageTokens(readMessage(text)));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #report(progress: vscode.Progress<vscode.LanguageModelResponsePart>, event: ChatEvent): void {
    switch (event.kind) {
      case 'text':
        progress.report(new vscode.LanguageModelTextPart(event.text));
        break;
      case 'tool-call':
        progress.report(new vscode.LanguageModelToolCallPart(event.id, event.name, event.input));
        break;
      case 'usage':
        this.#log.debug('A chat from VS Code', { ...event.usage });
        reportUsage(progress, event.usage);
        break;
    }
  }
}

/**
 * VS Code's chat reads token usage from a data part of type `usage` since 1.120 (vscode#315394); there is no other channel
 * (vscode#330783). Consumers pass over parts they do not know, as the API asks them to.
 */
function reportUsage(progress: vscode.Progress<vscode.LanguageModelResponsePart>, usage: ChatUsage): void {
  const { LanguageModelDataPart } = vscode as unknown as {
    LanguageModelDataPart?: new (data: Uint8Array, mimeType: string) => vscode.LanguageModelResponsePart;
  };
  if (LanguageModelDataPart === undefined) return;
  progress.report(new LanguageModelDataPart(new TextEncoder().encode(JSON.stringify(usage)), 'usage'));
}

const errorFactories: Record<ChatErrorKind, (message: string) => Error> = {
  'not-found': (message) => vscode.LanguageModelError.NotFound(message),
  'no-permissions': (message) => vscode.LanguageModelError.NoPermissions(message),
  blocked: (message) => vscode.LanguageModelError.Blocked(message),
  other: (message) => new Error(message),
};

function languageModelError(error: unknown): Error {
  return error instanceof ChatError ? errorFactories[error.kind](error.message) : new Error(messageOf(error));
}

/** Runs `work` with a signal that aborts when the token does. */
async function withSignal<T>(token: vscode.CancellationToken, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const subscription = token.onCancellationRequested(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    subscription.dispose();
  }
}
