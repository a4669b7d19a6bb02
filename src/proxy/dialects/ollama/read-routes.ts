import type { Catalog } from '../../../core/catalog';
import type { Clock } from '../../../core/clock';
import type { Exchange } from '../../exchange';
import { openAiError } from '../../openai-error';
import { parseJsonObject } from '../../repairs/json-object';
import { readRequestBody } from '../../request-body';
import { findShown } from './find-shown';
import { ollamaApiVersion, running, show, tags } from './model-rows';

export interface OllamaReadDeps {
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/** Requests of `/api/show` are a name; what is longer is none. */
const showLimits = { maxBytes: 64 * 1024, maxMiB: 1 / 16, uploadSeconds: 10 };

/** Paths that are answered from the catalogue, besides the root. */
export const ollamaReads = ['/api/version', '/api/tags', '/api/ps', '/api/show'] as const;

/** Paths of Ollama that change engines or models. Known, so that their callers hear why instead of looking like scanners. */
export const ollamaChanges = [
  '/api/pull',
  '/api/push',
  '/api/create',
  '/api/copy',
  '/api/delete',
  '/api/blobs/*',
] as const;

/** What clients look for at the root: it tells them that an Ollama is there. */
export function answerRoot(exchange: Exchange): void {
  exchange.respond(200, 'text/plain; charset=utf-8', 'Ollama is running');
}

export function answerVersion(exchange: Exchange): void {
  exchange.respondJson(200, { version: ollamaApiVersion });
}

export function answerTags(catalog: Catalog, exchange: Exchange): void {
  exchange.respondJson(200, tags(catalog, exchange.canUse ?? (() => true)));
}

export function answerRunning(catalog: Catalog, exchange: Exchange): void {
  exchange.respondJson(200, running(catalog, exchange.canUse ?? (() => true)));
}

/** `POST /api/show`. From the catalogue alone: no engine is asked. */
export async function answerShow({ catalog, clock }: OllamaReadDeps, exchange: Exchange): Promise<void> {
  const read = await readRequestBody(exchange, showLimits, clock);
  if (exchange.isAnswered()) return;
  if (!read.ok) {
    if (read.reason === 'gone') return;
    exchange.respondError(read.error, read.reason === 'slow' ? 'request_timeout' : 'body_too_large');
    return;
  }
  const request = parseJsonObject(read.bytes.toString('utf8'));
  const name = request?.model ?? request?.name;
  if (request === undefined) refuse(exchange, 'the request body must be a JSON object', 'invalid_json');
  else if (typeof name !== 'string' || name === '') refuse(exchange, 'model is required', 'model_missing');
  else {
    const entry = findShown(catalog, name, exchange.canUse ?? (() => true));
    if (entry !== undefined) exchange.respondJson(200, show(entry));
    else refuse(exchange, `model '${name.slice(0, 200)}' not found`, 'model_not_found');
  }
}

/** FLM offers what engines have and changes nothing there: no request may make a machine download or delete models. */
export function answerChange(exchange: Exchange): void {
  const message =
    'FLM does not pull, push, create, copy or delete models. Use the tools of the engine that has the model.';
  exchange.respondError(openAiError('engine_change_refused', message), 'engine_change_refused');
}

function refuse(exchange: Exchange, message: string, code: 'invalid_json' | 'model_missing' | 'model_not_found'): void {
  exchange.respondError(openAiError(code, message, code === 'invalid_json' ? null : 'model'), code);
}
