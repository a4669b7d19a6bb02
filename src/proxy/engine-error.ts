import { errorCodes, type ErrorCode } from '../core/errors';
import { withoutInternals } from './engine-words';
import type { OpenAiError } from './openai-error';

/** An engine's error in OpenAI's words, and FLM's own name for it. */
export interface EngineError {
  readonly error: OpenAiError;
  /** For the access log. */
  readonly code: ErrorCode;
  readonly retryAfterSec?: number;
}

/** What an engine's error body says, before it is judged. */
interface Said {
  readonly message: string;
  readonly type?: string;
  readonly param?: string;
  readonly code?: string;
}

/** Longest message passed on: engines quote prompts and list all their models in theirs. */
const maxMessage = 2000;

/**
 * How engines wrap what went wrong (ENGINES.md (b) «error body»). The first that fits is taken.
 * - `{"error":{"message",…}}`: Ollama on /v1, llama.cpp, vLLM, LM Studio; `code` may be a number
 * - `{"error":"text"}`: Ollama natively and for cloud models, vLLM 401 and 503, LM Studio 400
 * - `{"object":"error","message",…}`: vLLM before August 2025
 * - `{"detail":"text"}` or `{"detail":[{"loc","msg"}]}`: FastAPI
 * - `{"message"}`: servers in between
 */
const readers: readonly ((body: Readonly<Record<string, unknown>>) => Said | undefined)[] = [
  ({ error }) => (isRecord(error) ? said(error) : undefined),
  ({ error }) => (typeof error === 'string' ? { message: error } : undefined),
  ({ detail }) => (typeof detail === 'string' ? { message: detail } : validationError(detail)),
  (body) => said(body),
];

interface Verdict {
  readonly code: ErrorCode;
  /** Status to answer with; the engine's own when absent. */
  readonly status?: number;
  readonly openAiCode?: string | null;
  readonly param?: string;
  readonly retryAfterSec?: number;
  /** Said instead of the engine's words. */
  readonly message?: (engine: string) => string;
}

interface Judgement {
  readonly when: (status: number, said: Said) => boolean;
  readonly verdict: Verdict;
}

const contextText =
  /maximum context length|context (size|length|window)|exceed_context_size|context the overflows|longer than the context/i;
/** FastAPI (vLLM), gin (Ollama), llama.cpp. */
const noRouteText = /^(not found|404 page not found|file not found)$/i;
const unknownModelText = /model\b.*\b(not found|does not exist)|no models? loaded|invalid model name/i;

/** What engines' errors mean. The first that fits is taken; an unknown error keeps its status and words. */
const judgements: readonly Judgement[] = [
  {
    // Not 401: that would tell clients that *their* key is wrong
    when: (status) => status === 401 || status === 403,
    verdict: {
      code: 'engine_needs_key',
      status: 502,
      openAiCode: 'engine_needs_key',
      message: (engine) =>
        `The engine ${engine} refused FLM: it asks for an API key, or rejects the one it was given. Set it with «FLM: Set Engine API Key».`,
    },
  },
  {
    when: (status, { message, type, code }) =>
      (status === 400 || status === 413 || status === 422 || status === 500 || status === 200) &&
      (type === 'exceed_context_size_error' || code === 'context_length_exceeded' || contextText.test(message)),
    verdict: { code: 'context_length_exceeded', status: 400, openAiCode: 'context_length_exceeded' },
  },
  {
    when: (status, { message, code }) =>
      code === 'model_not_found' ||
      ((status === 404 || status === 400 || status === 200) && unknownModelText.test(message)),
    verdict: { code: 'model_not_found', status: 404, openAiCode: 'model_not_found', param: 'model' },
  },
  {
    when: (status, { message }) => status === 503 && /loading/i.test(message),
    verdict: { code: 'engine_loading', openAiCode: 'engine_loading', retryAfterSec: 5 },
  },
  {
    when: (status) => status === 429 || status === 503,
    verdict: { code: 'engine_busy', openAiCode: 'engine_busy', retryAfterSec: 2 },
  },
  { when: (status) => status === 413, verdict: { code: 'body_too_large', openAiCode: 'body_too_large' } },
  {
    // LM Studio answers unknown paths with 200 and an error
    when: (status, { message }) => status === 200 && /unexpected endpoint/i.test(message),
    verdict: { code: 'not_supported', status: 404, openAiCode: 'not_supported' },
  },
  {
    // The engine's own words for an unknown path; vLLM has only the routes that its model is made for
    when: (status, { message }) => status === 404 && noRouteText.test(message),
    verdict: {
      code: 'not_supported',
      openAiCode: 'not_supported',
      message: (engine) => `The engine ${engine} does not offer this route, or not for this model.`,
    },
  },
  { when: (status) => status < 400, verdict: { code: 'engine_error', status: 502, openAiCode: 'engine_error' } },
  { when: (status) => status >= 500, verdict: { code: 'engine_error' } },
];

/**
 * Turns an engine's error answer into OpenAI's shape, keeping its status, message, type, param and code where they are
 * of use to the client. HTML and empty bodies are replaced by a sentence of ours.
 *
 * @param status below 400 for an error told under a success status
 * @param body at most the first 64 KiB
 * @param retryAfter header of the engine
 */
export function engineError(engine: string, status: number, body: string, retryAfter?: string): EngineError {
  const known = readEngineError(body) ?? { message: `The engine ${engine} answered with HTTP status ${status}.` };
  const verdict = judgements.find(({ when }) => when(status, known))?.verdict ?? { code: 'invalid_request' as const };
  const finalStatus = verdict.status ?? status;
  // Of a request refused the words name what the client sent; of a failure they may tell of the engine's machine.
  const isOwnFault = status < 400 || status === 429 || status >= 500;
  const words = known.message.slice(0, maxMessage);
  const message = verdict.message?.(engine) ?? (isOwnFault ? withoutInternals(words) : words);
  const wait = seconds(retryAfter) ?? verdict.retryAfterSec;
  return {
    error: {
      status: finalStatus,
      message,
      type: typeFor(finalStatus, known.type, verdict),
      param: verdict.param ?? known.param ?? null,
      code: verdict.openAiCode ?? known.code ?? null,
    },
    code: verdict.code,
    ...(wait === undefined ? {} : { retryAfterSec: wait }),
  };
}

/** The message and its kin in an error body; undefined when it tells nothing a person could use. */
export function readEngineError(body: string): Said | undefined {
  const text = body.trim();
  const parsed = parseObject(text);
  if (parsed !== undefined) {
    for (const read of readers) {
      const found = read(parsed);
      if (found !== undefined) return unwrapped(found);
    }
    return undefined;
  }
  const isProse = text !== '' && !/^[<{["]/.test(text) && !hasControls(text);
  return isProse ? { message: text } : undefined;
}

/** Ollama puts the whole answer of the llama-server that runs its model into its own message. */
function unwrapped(outer: Said): Said {
  const body = parseObject(outer.message.trim());
  if (body === undefined) return outer;
  const inner = isRecord(body.error) ? said(body.error) : undefined;
  return inner ?? outer;
}

function typeFor(status: number, type: string | undefined, verdict: Verdict): string {
  if (type !== undefined && verdict.status === undefined && verdict.openAiCode === undefined) return type;
  if (verdict.code !== 'engine_error' && verdict.code !== 'invalid_request') return errorCodes[verdict.code].type;
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function said(value: Readonly<Record<string, unknown>>): Said | undefined {
  if (typeof value.message !== 'string' || value.message === '') return undefined;
  return {
    message: value.message,
    ...(typeof value.type === 'string' ? { type: value.type } : {}),
    ...(typeof value.param === 'string' ? { param: value.param } : {}),
    ...(typeof value.code === 'string' ? { code: value.code } : {}), // a number only repeats the status
  };
}

function validationError(detail: unknown): Said | undefined {
  const first: unknown = Array.isArray(detail) ? detail[0] : undefined;
  if (!isRecord(first) || typeof first.msg !== 'string') return undefined;
  const where = Array.isArray(first.loc) ? first.loc.join('.') : '';
  return { message: where === '' ? first.msg : `${where}: ${first.msg}`, ...(where === '' ? {} : { param: where }) };
}

/** Delta seconds of a `Retry-After` header; the date form is ignored. */
function seconds(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text.replace(/[\t\r\n]/g, ' '));
}
