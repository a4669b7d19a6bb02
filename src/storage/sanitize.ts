import type { AuditEvent } from '../core/audit';
import { printable } from '../core/printable';

/*
 * What comes in was partly written by strangers. Everything stored is bounded and printable, so that a row cannot forge
 * lines in an export or change on its way through UTF-8.
 */

const maxDetailsChars = 2_000;

const eventTextLimits = {
  requestId: 64,
  address: 64,
  keyId: 64,
  route: 200,
  engineId: 80,
  modelId: 512,
  rule: 80,
  errorCode: 64,
  evidence: 500,
} as const satisfies Partial<Record<keyof AuditEvent, number>>;

type Loose = Record<string, unknown>;

/** A copy that is safe to store: the fields of the contract only, in a fixed order. */
export function sanitizeEvent(event: AuditEvent): AuditEvent {
  const source = event as unknown as Loose;
  const safe: Loose = { kind: event.kind, severity: event.severity, at: wholeNumber(event.at) };
  copyTexts(source, safe, eventTextLimits);
  copyNumber(source, safe, 'status');
  copyNumber(source, safe, 'latencyMs');
  if (event.observedOnly === true) safe['observedOnly'] = true;
  if (event.details !== undefined) safe['details'] = sanitizeDetails(event.details);
  return safe as unknown as AuditEvent;
}

function sanitizeDetails(details: NonNullable<AuditEvent['details']>): Loose {
  const safe: Loose = {};
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

function copyTexts(from: Loose, to: Loose, limits: Readonly<Record<string, number>>): void {
  for (const name in limits) {
    const value = from[name];
    if (typeof value === 'string') to[name] = printable(value, limits[name] ?? 0);
  }
}

function copyNumber(from: Loose, to: Loose, name: string): void {
  const value = from[name];
  if (typeof value === 'number' && Number.isFinite(value)) to[name] = value;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** Rounded; 0 for what is no number. */
export function wholeNumber(value: number): number {
  return Math.round(finite(value));
}
