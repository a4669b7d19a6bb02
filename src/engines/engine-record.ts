import type { EngineKind } from '../core/engine';
import type { EngineLoad } from '../core/engine-load';
import type { Model } from '../core/model';
import type { Reason } from '../core/reason';
import type { Finding } from './adapter';
import type { Candidate } from './candidates';
import { nextStatus, type EngineStatus, type StatusRules } from './engine-status';
import type { Identity } from './fingerprint';
import { isSameModels } from './model-list';
import type { Observation } from './observation';

/** Everything known of one address. A value: each probe makes the next one. */
export interface EngineRecord {
  readonly candidate: Candidate;
  /**
   * `engine`: an engine, or an address the user wants to see. `stranger`: something that is none. `self`: FLM.
   * `absent`: nothing known.
   */
  readonly role: 'engine' | 'stranger' | 'self' | 'absent';
  readonly kind?: EngineKind;
  readonly status?: EngineStatus;
  readonly version?: string;
  readonly isRouter?: boolean;
  readonly parallel?: number;
  /** As of the last visit that asked. */
  readonly load?: EngineLoad;
  readonly models: readonly Model[];
  /** Last successful probe, epoch ms. */
  readonly checkedAt?: number;
  readonly latencyMs?: number;
  /** Monotonic ms of the last full look. */
  readonly lookedAt?: number;
  /** Who answers must be found out (again) before anything else is asked. */
  readonly needsIdentity: boolean;
  /** A full look is due whatever its age. */
  readonly needsLook: boolean;
  /** From an earlier run; nothing has been seen of it in this one. */
  readonly isSeeded: boolean;
  /** Pulses since the last full look. */
  readonly pulses: number;
  /** Probes in a row that found nothing to show: the longer, the rarer the next. */
  readonly misses: number;
}

export function newRecord(candidate: Candidate): EngineRecord {
  return {
    candidate,
    role: 'absent',
    models: [],
    needsIdentity: true,
    needsLook: true,
    isSeeded: false,
    pulses: 0,
    misses: 0,
  };
}

/** What one visit to an address brought. */
export type Visit =
  | { readonly type: 'found'; readonly kind: EngineKind; readonly finding: Finding; readonly isFull: boolean }
  /** An engine that another engine started for itself. */
  | { readonly type: 'child'; readonly reason: Reason }
  | Exclude<Identity, { type: 'engine' }>;

export interface VisitRules extends StatusRules {
  readonly monotonic: number;
}

/** The record after a visit. Pure. */
export function afterVisit(record: EngineRecord, visit: Visit, rules: VisitRules): EngineRecord {
  switch (visit.type) {
    case 'found':
      return afterFinding(record, visit.kind, visit.finding, visit.isFull, rules);
    case 'closed': {
      // A refusal without a signature says nothing against the engine that was here before.
      const kind = visit.isSure ? visit.kind : (record.kind ?? visit.kind);
      const isShown = visit.isSure || record.kind !== undefined || record.candidate.isConfigured;
      if (!isShown) return { ...newRecord(record.candidate), role: 'stranger', misses: record.misses + 1 };
      return afterFinding(record, kind, { observation: visit.observation }, true, rules);
    }
    case 'silent':
      return afterSilence(record, visit.observation, rules);
    case 'self':
      return { ...newRecord(record.candidate), role: 'self' };
    case 'child':
      return afterStranger(forgotten(record), visit.reason, rules);
    case 'stranger':
      return afterStranger(record, visit.reason, rules);
  }
}

/** The record as if nothing had ever been seen there. */
export function forgotten(record: EngineRecord): EngineRecord {
  return { ...newRecord(record.candidate), misses: record.misses };
}

function afterFinding(
  record: EngineRecord,
  kind: EngineKind,
  finding: Finding,
  isFull: boolean,
  rules: VisitRules,
): EngineRecord {
  if (finding.observation.type === 'unreachable') return afterSilence(record, finding.observation, rules);
  const before = record.kind === undefined || record.kind === kind ? record : forgotten(record);
  const { observation } = finding;
  const models = finding.models ?? before.models;
  const version = finding.version ?? before.version;
  const isRouter = finding.isRouter ?? before.isRouter;
  const parallel = finding.parallel ?? before.parallel;
  const latencyMs = observation.type === 'ok' ? observation.latencyMs : before.latencyMs;
  const isGood = observation.type === 'ok' || observation.type === 'loading' || observation.type === 'busy';
  const checkedAt = isGood ? rules.now : before.checkedAt;
  const lookedAt = isFull && observation.type === 'ok' ? rules.monotonic : before.lookedAt;
  return {
    candidate: record.candidate,
    role: 'engine',
    kind,
    status: nextStatus(before.isSeeded ? undefined : before.status, observation, rules),
    models: isSameModels(models, before.models) ? before.models : models,
    ...(version === undefined ? {} : { version }),
    ...(isRouter === undefined ? {} : { isRouter }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(finding.load === undefined ? {} : { load: finding.load }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(checkedAt === undefined ? {} : { checkedAt }),
    ...(lookedAt === undefined ? {} : { lookedAt }),
    needsIdentity: false,
    // Until the engine lets us in and all is read, the next visit is a full look again.
    needsLook: observation.type !== 'ok' || finding.isPartial === true,
    isSeeded: false,
    pulses: isFull ? 0 : before.pulses + 1,
    misses: 0,
  };
}

function afterSilence(record: EngineRecord, observation: Observation, rules: VisitRules): EngineRecord {
  const isKnown = record.role === 'engine' && record.status !== undefined && !record.isSeeded;
  if (!isKnown && !record.candidate.isConfigured) return { ...forgotten(record), misses: record.misses + 1 };
  const base = isKnown ? record : { ...forgotten(record), ...(record.kind === undefined ? {} : { kind: record.kind }) };
  return {
    ...base,
    role: 'engine',
    models: record.models,
    status: nextStatus(base.status, observation, rules),
    needsIdentity: true, // whoever answers next may be somebody else
    needsLook: true,
    isSeeded: false,
  };
}

function afterStranger(record: EngineRecord, why: Reason, rules: VisitRules): EngineRecord {
  const isShown = record.candidate.isConfigured || (record.role === 'engine' && !record.isSeeded);
  if (!isShown) return { ...newRecord(record.candidate), role: 'stranger', misses: record.misses + 1 };
  return {
    ...record,
    role: 'engine',
    status: nextStatus(record.isSeeded ? undefined : record.status, { type: 'bad-answer', reason: why }, rules),
    needsIdentity: true,
    needsLook: true,
    isSeeded: false,
    misses: record.misses + 1,
  };
}
