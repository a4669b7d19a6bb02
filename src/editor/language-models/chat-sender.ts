import { randomId } from '../../core/random-id';
import { callChat } from './chat-call';
import { ChatError } from './chat-error';
import type { ChatEvent } from './chat-message';
import { chatRequestBody, type ChatRequest } from './chat-request';
import { ChatStream } from './chat-stream';

export interface ChatSenderPorts {
  /** Base URL of the gateway; rejects with ChatError when it cannot be had. */
  readonly endpoint: () => Promise<string>;
  readonly key: { current(): Promise<string | undefined>; renew(): Promise<string> };
  readonly silenceLimitMs: () => number;
}

/** Sends chats through the gateway's HTTP endpoint, so that limits, detection and the audit log apply to them. */
export class ChatSender {
  readonly #ports: ChatSenderPorts;

  constructor(ports: ChatSenderPorts) {
    this.#ports = ports;
  }

  /** Resolves when the answer is complete. Rejects with ChatError, or with the signal's reason as soon as it aborts. */
  async send(request: ChatRequest, emit: (event: ChatEvent) => void, signal: AbortSignal): Promise<void> {
    const { endpoint, key } = this.#ports;
    const url = await endpoint();
    const body = chatRequestBody(request);
    const apiKey = await key.current();
    try {
      await this.#call(url, body, apiKey, emit, signal);
    } catch (error) {
      if (!needsNewKey(error, apiKey)) throw error;
      await this.#call(url, body, await key.renew(), emit, signal);
    }
  }

  async #call(
    endpoint: string,
    body: string,
    apiKey: string | undefined,
    emit: (event: ChatEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const stream = new ChatStream(emit, () => `call_${randomId(16)}`);
    const call = {
      endpoint,
      body,
      silenceLimitMs: this.#ports.silenceLimitMs(),
      ...(apiKey !== undefined && { apiKey }),
    };
    await callChat(call, (data) => stream.push(data), signal);
    stream.end();
  }
}

/**
 * No key where one is asked for, or one that the gateway does not know (its data was removed). A key that a person
 * revoked is not replaced behind their back.
 */
function needsNewKey(error: unknown, apiKey: string | undefined): boolean {
  if (!(error instanceof ChatError)) return false;
  return apiKey === undefined ? error.code === 'key_missing' : error.code === 'key_invalid';
}
