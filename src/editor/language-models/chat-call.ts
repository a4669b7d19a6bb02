import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createParser } from 'eventsource-parser';
import { editorUserAgent } from '../../core/editor-user-agent';
import { messageOf } from '../../core/errors';
import { ChatError, readChatError, statusError } from './chat-error';

export interface ChatCall {
  /** Base URL with `/v1`. */
  readonly endpoint: string;
  readonly apiKey?: string;
  readonly body: string;
  /** The gateway has timeouts of its own; this one ends a wait for a gateway that is gone. */
  readonly silenceLimitMs: number;
}

/** More than any error body; the rest is not read. */
const maxErrorChars = 64 * 1024;

/**
 * Sends one chat completion and passes on the data of its events as they arrive. Resolves after the last one. Rejects with
 * ChatError, or with what `onData` throws; when `signal` aborts, the connection is gone at once and the signal's reason
 * is the error. `node:http` rather than `fetch`, which VS Code replaces with its own.
 */
export function callChat(call: ChatCall, onData: (data: string) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let request: ClientRequest | undefined;
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      request?.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const onAbort = () => fail(signal.reason);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      request = open(call);
    } catch (error) {
      fail(error);
      return;
    }
    request.setTimeout(call.silenceLimitMs, () => fail(silence(call)));
    request.on('error', (error) => fail(unreachable(call, error)));
    request.on('response', (response) => {
      readAnswer(response, onData).then(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      }, fail);
    });
    request.end(call.body);
  });
}

function open(call: ChatCall): ClientRequest {
  const url = new URL(`${call.endpoint}/chat/completions`);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return send(url, {
    method: 'POST',
    // A connection of its own: aborting it harms no other chat.
    agent: false,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(call.body),
      accept: 'text/event-stream',
      'user-agent': editorUserAgent,
      ...(call.apiKey !== undefined && { authorization: `Bearer ${call.apiKey}` }),
    },
  });
}

async function readAnswer(response: IncomingMessage, onData: (data: string) => void): Promise<void> {
  const status = response.statusCode ?? 0;
  response.setEncoding('utf8');
  if (status !== 200) throw await readError(response, status);
  if (!(response.headers['content-type'] ?? '').includes('event-stream')) {
    onData(await textOf(response, Number.POSITIVE_INFINITY));
    onData('[DONE]');
    return;
  }
  const parser = createParser({ onEvent: (event) => onData(event.data) });
  for await (const text of pieces(response)) parser.feed(text);
  // Ends a last event without its blank line.
  parser.feed('\n\n');
}

/** The answer's text as it arrives; a connection that is lost meanwhile is a ChatError. */
async function* pieces(response: IncomingMessage): AsyncGenerator<string> {
  try {
    yield* response as AsyncIterable<string>;
  } catch (error) {
    throw new ChatError('other', `The model's answer broke off: ${messageOf(error)}.`, 'engine_stream_broken');
  }
}

async function readError(response: IncomingMessage, status: number): Promise<ChatError> {
  try {
    const body: unknown = JSON.parse(await textOf(response, maxErrorChars));
    return readChatError(body, status) ?? statusError(status);
  } catch {
    return statusError(status);
  }
}

async function textOf(response: IncomingMessage, limit: number): Promise<string> {
  let text = '';
  for await (const piece of pieces(response)) {
    text += piece;
    if (text.length > limit) break;
  }
  return text;
}

function silence(call: ChatCall): ChatError {
  return new ChatError('other', `FLM sent nothing for ${String(call.silenceLimitMs / 1000)} s.`);
}

function unreachable(call: ChatCall, error: Error): ChatError {
  return new ChatError('other', `FLM cannot be reached at ${call.endpoint}: ${error.message}`);
}
