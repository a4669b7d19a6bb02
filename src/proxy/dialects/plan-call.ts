import type { CatalogEntry } from '../../core/catalog';
import { errorCodes, type ErrorCode } from '../../core/errors';
import type { Exchange } from '../exchange';
import { parseInferenceBody, withModel, type InferenceBody, type ParsedBody } from '../inference-body';
import { openAiError, type OpenAiError } from '../openai-error';
import type { JsonObject } from '../repairs/json-object';
import { planRepairs, RepairPlan, repairHeader } from '../repairs/repair-plan';
import type { InferenceRoute } from '../route-table';
import type { Translation } from './dialect';
import { nativeVoice, translatedVoice } from './voice';

/** What is to be done with one request, once its engine is known. */
export type PlannedCall =
  | { readonly type: 'send'; readonly path: string; readonly body: Buffer; readonly plan: RepairPlan }
  /** FLM knows the answer. */
  | { readonly type: 'answer'; readonly answer: JsonObject; readonly headers: readonly string[] }
  /** This engine cannot take it in any form. */
  | {
      readonly type: 'refuse';
      readonly error: OpenAiError;
      readonly code: ErrorCode;
      readonly headers: readonly string[];
    };

/**
 * Plans the call of one engine: OpenAI's routes with their repairs, a dialect natively where the engine speaks it, or
 * translated into a common route, whose repairs then work as for any other request.
 *
 * Costs nothing besides the repairs for OpenAI's routes; a translation parses the request and writes it anew.
 */
export function planCall(
  exchange: Exchange,
  entry: CatalogEntry,
  body: InferenceBody,
  disabledRepairs: readonly string[],
): PlannedCall {
  const { dialect } = exchange;
  const requestId = exchange.facts.id;
  if (dialect === undefined) {
    const route = exchange.facts.route as InferenceRoute;
    return repaired(route, planRepairs(entry, route, body, disabledRepairs, requestId));
  }
  const path = dialect.nativePath(entry, body);
  if (path !== undefined) {
    const plan = new RepairPlan([], undefined, [], nativeVoice(dialect));
    return { type: 'send', path, body: withModel(body, entry.model.id), plan };
  }
  if (dialect.translate === undefined) {
    const message = `The engine ${entry.engine.name} has no such route, and no other can stand in for it.`;
    return { type: 'refuse', error: openAiError('not_supported', message), code: 'not_supported', headers: [] };
  }
  const context = {
    entry,
    requestId,
    receivedAt: exchange.facts.receivedAt,
    elapsedMs: () => exchange.elapsedMs,
  };
  const translated = dialect.translate(body, context);
  if (translated.ok === 'answered') return { ...translated, type: 'answer' };
  if (!translated.ok) return refused(translated.error);
  const { translation } = translated;
  const common = commonBody(translation, entry.model.id, body.isStream);
  if (!common.ok) return refused(common.error);
  const voice = translatedVoice(dialect, translation, body.isStream);
  return repaired(
    translation.route,
    planRepairs(entry, translation.route, common.body, disabledRepairs, requestId, voice),
  );
}

function repaired(route: InferenceRoute, planned: ReturnType<typeof planRepairs>): PlannedCall {
  if (planned.ok) return { type: 'send', path: planned.path ?? route, body: planned.body, plan: planned.plan };
  return refused(planned.error, [repairHeader, planned.repair]);
}

function refused(error: OpenAiError, headers: readonly string[] = []): PlannedCall {
  const isOwn = error.code !== null && Object.hasOwn(errorCodes, error.code);
  return { type: 'refuse', error, code: isOwn ? (error.code as ErrorCode) : 'invalid_request', headers };
}

/** Reads a request as its route means it: whether it streams is the dialect's to say. */
export function parseRequest({ dialect }: Exchange, bytes: Buffer): ParsedBody {
  if (dialect === undefined) return parseInferenceBody(bytes);
  return parseInferenceBody(
    bytes,
    dialect.neverStreams === true ? 'never' : dialect.streamsByDefault ? 'by-default' : 'by-request',
  );
}

/** The translated request as bytes. Usage is asked of every stream: dialects tell it without being asked. */
function commonBody({ route, request }: Translation, model: string, isStream: boolean) {
  const members: Record<string, unknown> = { ...request, model };
  if (route !== '/v1/embeddings') members.stream = isStream;
  if (isStream && route !== '/v1/embeddings') members.stream_options = { include_usage: true };
  return parseInferenceBody(Buffer.from(JSON.stringify(members)));
}
