import type { EngineKind } from '../core/engine';
import { reason } from '../core/reason';
import { adapters } from './adapters';
import type { EngineRecord, Visit } from './engine-record';
import { identify } from './fingerprint';
import type { ProbeReply, ProbeSession } from './probe';

export interface VisitSession extends ProbeSession {
  /** Some answer carried FLM's own mark. */
  isSelf(): boolean;
}

/**
 * Asks an address as much as is due: a pulse if it is a known engine, else who it is and then everything. Answers
 * that do not fit the known kind lead to the question who it is in the same visit, so a port that changed hands is
 * noticed even if it was never seen closed. Never throws.
 *
 * @param parentOf names the engine that started the llama-server at this address for itself, if one did
 */
export async function visitAddress(
  session: VisitSession,
  record: EngineRecord,
  isFullLookDue: boolean,
  parentOf: () => Promise<string | undefined>,
): Promise<Visit> {
  const visit = await visitInner(session, record, isFullLookDue, parentOf);
  return session.isSelf() ? { type: 'self' } : visit;
}

async function visitInner(
  session: VisitSession,
  record: EngineRecord,
  isFullLookDue: boolean,
  parentOf: () => Promise<string | undefined>,
): Promise<Visit> {
  const given = record.candidate.kind;
  const { kind } = record;
  const isKnown = kind !== undefined && !record.needsIdentity && !record.isSeeded && record.role === 'engine';
  if (isKnown && !isFullLookDue) {
    const finding = await adapters[kind].pulse(session, { models: record.models, pulse: record.pulses + 1 });
    const isEnough = finding.isSuspect !== true && finding.isListChanged !== true;
    if (isEnough) return { type: 'found', kind, finding, isFull: false };
  }
  if (given !== undefined) return fullLook(session, given);

  const identity = await identify(session);
  if (identity.type !== 'engine') return identity;
  const parent = identity.kind === 'llamacpp' && identity.kind !== kind ? await parentOf() : undefined;
  if (parent !== undefined) return { type: 'child', reason: reason('engine.child', parent) };
  return fullLook(session, identity.kind, identity.list);
}

async function fullLook(session: VisitSession, kind: EngineKind, list?: ProbeReply): Promise<Visit> {
  return { type: 'found', kind, finding: await adapters[kind].look(session, list), isFull: true };
}
