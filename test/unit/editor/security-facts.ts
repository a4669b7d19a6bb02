import type { ApiKey } from '../../../src/core/api-key';
import type { AuditEvent, AuditRow } from '../../../src/core/audit';
import type { Block } from '../../../src/core/block';
import { now } from './editor-facts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

export function makeKey(key: Partial<ApiKey> = {}): ApiKey {
  return { id: 'abcdefghijkl', label: 'tablet', kind: 'normal', scope: {}, createdAt: now - dayMs, ...key };
}

export function makeBlock(block: Partial<Block> = {}): Block {
  return {
    range: '203.0.113.9',
    source: 'auto',
    rule: 'honeypot',
    reason: '3 different decoys touched',
    createdAt: now - 3 * minuteMs,
    expiresAt: now + 27 * minuteMs,
    strikes: 0,
    ...block,
  };
}

export function makeEvent(event: Partial<AuditEvent> = {}): AuditEvent {
  return {
    kind: 'block.added',
    severity: 'high',
    at: now,
    address: '203.0.113.9',
    rule: 'honeypot',
    details: { source: 'auto', strikes: 0, expiresAt: now + 30 * minuteMs },
    ...event,
  };
}

export function makeRow(row: Partial<AuditRow> = {}): AuditRow {
  return { ...makeEvent(), seq: 1, hash: '00', ...row };
}
