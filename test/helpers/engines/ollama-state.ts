import type { Exchange } from './exchange';
import { IdSequence } from './ids';
import { findModel, type OllamaLoaded, type OllamaModel, type OllamaScript } from './ollama-models';
import { isObject, type JsonObject } from './openai-request';
import type { Simulator } from './simulator';

/** What an Ollama route gets. */
export interface OllamaContext {
  readonly exchange: Exchange;
  readonly simulator: Simulator<OllamaScript>;
  readonly script: Readonly<OllamaScript>;
  readonly state: OllamaState;
  /** Last path segment of `/v1/models/{model}`. */
  readonly parameter: string;
}

export interface OllamaHandler {
  readonly methods: readonly string[];
  handle(context: OllamaContext): Promise<void> | void;
}

export class OllamaState {
  readonly ids = new IdSequence();

  /** `chatcmpl-` and a number below 999, as Ollama makes them. */
  chatId(script: Readonly<OllamaScript>): string {
    return script.chatId ?? `chatcmpl-${this.ids.number(999)}`;
  }
}

export function loadedModels(script: Readonly<OllamaScript>): readonly OllamaLoaded[] {
  return (script.loaded ?? []).map((entry) => (typeof entry === 'string' ? { name: entry } : entry));
}

/** Parses the body as Go's decoder does; undefined after `fail` was called. */
export function readBody(exchange: Exchange, fail: (message: string) => void): JsonObject | undefined {
  const { text } = exchange.request;
  if (text.trim() === '') {
    fail('EOF');
    return undefined;
  }
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
    fail('json: cannot unmarshal array into Go value of type openai.ChatCompletionRequest');
  } catch {
    fail(`invalid character '${text.trim().slice(0, 1)}' looking for beginning of object key string`);
  }
  return undefined;
}

/** A refusal before any inference: status and message. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** Cloud models name where to sign in. */
  readonly signinUrl?: string;
}

/** Checks a request as Ollama's scheduler does, and loads the model. Undefined: the client left meanwhile. */
export async function acquireModel(
  context: OllamaContext,
  body: JsonObject,
  needs: { readonly capability: string; readonly word: string },
): Promise<OllamaModel | Refusal | undefined> {
  const { simulator, script, exchange } = context;
  const name = body['model'];
  if (typeof name !== 'string' || name === '') return { status: 400, message: 'model is required' };
  const model = findModel(script, name);
  if (!model) return { status: 404, message: `model '${name}' not found` };
  if (model.remote && script.isSignedIn !== true) {
    return { status: 401, message: 'unauthorized', signinUrl: 'https://ollama.com/connect' };
  }
  const capabilities = model.capabilities ?? ['completion'];
  const lacking =
    (!capabilities.includes(needs.capability) && needs.word) ||
    (Array.isArray(body['tools']) && body['tools'].length > 0 && !capabilities.includes('tools') && 'tools') ||
    (asksToThink(body) && !capabilities.includes('thinking') && 'thinking');
  if (lacking) return { status: 400, message: `"${name}" does not support ${lacking}` };
  const isLoaded = loadedModels(script).some((loaded) => loaded.name === model.name);
  if (script.isBusy === true && !isLoaded) {
    return { status: 503, message: 'server busy, please try again.  maximum pending requests exceeded' };
  }
  if (!isLoaded) {
    if (!(await simulator.load(exchange))) return undefined;
    simulator.script({ loaded: [...(simulator.scripted.loaded ?? []), model.name] });
  }
  return model;
}

export function isRefusal(value: OllamaModel | Refusal): value is Refusal {
  return 'status' in value;
}

function asksToThink(body: JsonObject): boolean {
  const { think, reasoning_effort: effort } = body;
  return think === true || typeof think === 'string' || (typeof effort === 'string' && effort !== 'none');
}
