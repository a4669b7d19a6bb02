import { openAiError } from '../openai-error';
import { isJsonObject, type JsonObject } from '../repairs/json-object';
import type { InferenceBody } from '../inference-body';
import type { Translated } from './dialect';

/** A request that cannot be translated. Thrown by readers of requests and caught by {@link translating} alone. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  /** Path of the member: `messages.2.content.0`. */
  readonly param: string;

  constructor(param: string, message: string) {
    super(`${param}: ${message}`);
    this.param = param;
  }
}

/** Runs a translation; a {@link RequestProblem} becomes 400 and names the member. */
export function translating(body: InferenceBody, translate: (request: JsonObject) => Translated): Translated {
  try {
    return translate(JSON.parse(body.bytes.toString('utf8')) as JsonObject);
  } catch (error) {
    if (!(error instanceof RequestProblem)) throw error;
    return { ok: false, error: openAiError('invalid_request', error.message, error.param) };
  }
}

export function objectAt(value: unknown, path: string): JsonObject {
  if (!isJsonObject(value)) throw new RequestProblem(path, 'must be an object.');
  return value;
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new RequestProblem(path, 'must be a string.');
  return value;
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new RequestProblem(path, 'must be an array.');
  return value;
}

/** Absent and `null` alike: clients write both for «not set». */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
