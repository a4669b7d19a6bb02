import type { AuditEvent } from '../core/audit';
import type { ErrorCode } from '../core/errors';
import { printable } from '../core/printable';

/*
 * What comes in was partly written by strangers. Everything stored is bounded and printable, so that a row cannot forge
 * lines in an export or change on its way through UTF-8.
 */

const maxDetailsChars = 2_000;

type Writable<T> = { -readonly [M in keyof T]: T[M] };

/**
 * A copy that is safe to store: the fields of the contract only, in a fixed order. Member by member: an attack makes
 * thousands a second, and copying them by lists of names took four times as long.
 */
export function sanitizeEvent(event: AuditEvent): AuditEvent {
  const safe: Writable<AuditEvent> = { kind: event.kind, severity: event.severity, at: wholeNumber(event.at) };
  if (typeof event.requestId === 'string') safe.requestId = printable(event.requestId, 64);
  if (typeof event.address === 'string') safe.address = printable(event.address, 64);
  if (typeof event.keyId === 'string') safe.keyId = printable(event.keyId, 64);
  if (typeof event.route === 'string') safe.route = printable(event.route, 200);
  if (typeof event.engineId === 'string') safe.engineId = printable(event.engineId, 80);
  if (typeof event.modelId === 'string') safe.modelId = printable(event.modelId, 512);
  if (typeof event.rule === 'string') safe.rule = printable(event.rule, 80);
  if (typeof event.errorCode === 'string') safe.errorCode = printable(event.errorCode, 64) as ErrorCode;
  if (typeof event.evidence === 'string') safe.evidence = printable(event.evidence, 500);
  if (isFinite(event.status)) safe.status = event.status;
  if (isFinite(event.latencyMs)) safe.latencyMs = event.latencyMs;
  if (event.observedOnly === true) safe.observedOnly = true;
  if (event.details !== undefined) safe.details = sanitizeDetails(event.details);
  return safe;
}

function isFinite(value: number | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function sanitizeDetails(details: NonNullable<AuditEvent['details']>): NonNullable<AuditEvent['details']> {
  const safe: Writable<NonNullable<AuditEvent['details']>> = {};
  let left = maxDetailsChars;
  for (const [name, value] of Object.entries(details)) {
    const key = printable(name, 80);
    const entry = typeof value === 'string' ? printable(value, 500) : typeof value === 'number' ? finite(value) : value;
    left -= JSON.stringify([key, entry]).length;
    if (left < 0) {
      safe['…'] = true;
      break;
    }
    safe[key] = entry;
  }
  return safe;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** Rounded; 0 for what is no number. */
export function wholeNumber(value: number): number {
  return Math.round(finite(value));
}
