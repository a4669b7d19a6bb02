import assert from 'node:assert/strict';
import type { EngineKind } from '../../../../src/core/engine';
import type { Model } from '../../../../src/core/model';
import { parseInferenceBody, type InferenceBody } from '../../../../src/proxy/inference-body';
import type { JsonObject } from '../../../../src/proxy/repairs/json-object';
import type { Fault } from '../../../../src/proxy/repairs/repair';
import { type Repair, type RepairContext, type RequestChange } from '../../../../src/proxy/repairs/repair';
import { RepairedStream } from '../../../../src/proxy/repairs/repaired-stream';
import { RequestMembers } from '../../../../src/proxy/repairs/request-members';
import type { InferenceRoute } from '../../../../src/proxy/route-table';

export interface Setup {
  readonly kind?: EngineKind;
  readonly route?: InferenceRoute;
  readonly model?: Partial<Model>;
  readonly body?: object;
}

export function bodyOf(value: object | string): InferenceBody {
  const parsed = parseInferenceBody(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
  assert.ok(parsed.ok);
  return parsed.body;
}

export function contextOf({ kind, route = '/v1/chat/completions', model, body = {} }: Setup = {}): RepairContext {
  return {
    engine: 'Engine',
    kind: kind ?? 'ollama',
    route,
    model: { id: 'm', capabilities: ['chat'], ...model },
    requestId: 'req_0123456789abcdefABCDEFGH',
    request: new RequestMembers(bodyOf(body)),
  };
}

/** What a repair wants changed in a request body. */
export function changeOf(repair: Repair, body: object | string, setup: Setup = {}): RequestChange | undefined {
  const context = contextOf(setup);
  return repair.request?.(new RequestMembers(bodyOf(body)), context);
}

/** A refusal of the member `param`. */
export function assertRefused(change: RequestChange | undefined, param: string, says: RegExp): void {
  assert.ok(change !== undefined && 'refuse' in change);
  assert.equal(change.param, param);
  assert.match(change.refuse, says);
}

/** What a whole answer becomes; the same object where nothing is to be done. */
export function wholeOf(repair: Repair, answer: JsonObject, setup: Setup = {}): JsonObject | Fault {
  const step = repair.whole?.(contextOf(setup));
  return step === undefined ? answer : step.apply(answer);
}

/** The events of a stream after one repair; `[DONE]` as such. */
export function streamOf(repair: Repair, events: readonly (JsonObject | '[DONE]')[], setup: Setup = {}): unknown[] {
  const step = repair.chunks?.(contextOf(setup));
  const stream = new RepairedStream(step === undefined ? [] : [step], [repair.name], () => []);
  const bytes = events.map((event) => `data: ${event === '[DONE]' ? event : JSON.stringify(event)}\n\n`).join('');
  return eventsOf(`${text(stream.push(Buffer.from(bytes)))}${text(stream.end())}`);
}

/** The parsed data of each event. */
export function eventsOf(stream: string): unknown[] {
  return stream
    .split('\n\n')
    .filter((block) => block.startsWith('data: '))
    .map((block) => (block === 'data: [DONE]' ? '[DONE]' : (JSON.parse(block.slice(6)) as unknown)));
}

export function text(bytes: Buffer | string | undefined): string {
  return bytes === undefined ? '' : bytes.toString();
}

/** A chat chunk with one delta. */
export function chunk(delta: object, finish: string | null = null, more: object = {}): JsonObject {
  return {
    id: 'c',
    object: 'chat.completion.chunk',
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  };
}

/** A whole chat answer with one message. */
export function answer(message: object, finish: string | null = 'stop', more: object = {}): JsonObject {
  return {
    id: 'c',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message, finish_reason: finish }],
    ...more,
  };
}

export const usageChunk: JsonObject = {
  id: 'c',
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};
