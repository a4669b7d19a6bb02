import { reason } from '../core/reason';
import type { UpstreamSign } from '../core/upstream';
import type { Candidate } from './candidates';
import { newRecord, type EngineRecord } from './engine-record';
import { nextStatus, type StatusRules } from './engine-status';
import { modelIdOf, uniqueModels } from './model-list';
import { capabilitiesFromName } from './model-names';
import type { Observation } from './observation';

/** An engine that is never probed: it has the models of the settings and counts as healthy until a request fails. */
export function passiveRecord(candidate: Candidate, now: number): EngineRecord {
  const ids = (candidate.passiveModels ?? []).flatMap((id) => modelIdOf(id) ?? []);
  return {
    ...newRecord(candidate),
    role: 'engine',
    kind: candidate.kind ?? 'openai',
    status: { state: 'healthy', reason: reason('engine.passive'), since: now, failures: 0 },
    models: uniqueModels(ids.map((id) => ({ id, capabilities: capabilitiesFromName(id) }))),
    needsIdentity: false,
    needsLook: false,
  };
}

const signs: Record<UpstreamSign, Observation | undefined> = {
  ok: { type: 'ok', latencyMs: 0 },
  unreachable: { type: 'unreachable', cause: 'refused', reason: reason('engine.stopped') },
  timeout: { type: 'unreachable', cause: 'answer-timeout', reason: reason('engine.stopped') },
  reset: { type: 'unreachable', cause: 'reset', reason: reason('engine.reset') },
  unauthorized: { type: 'needs-key', status: 401, hadKey: false },
  busy: { type: 'busy', status: 503 },
  failed: undefined, // a failed request is not a failed engine
};

/** The record after what a forwarded request showed. */
export function afterSign(record: EngineRecord, sign: UpstreamSign, rules: StatusRules): EngineRecord {
  const seen = signs[sign];
  if (seen === undefined) return record;
  const status = nextStatus(record.status, seen, rules);
  return { ...record, status: seen.type === 'ok' ? { ...status, reason: reason('engine.passive') } : status };
}
