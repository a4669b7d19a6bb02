import type { KeyScope } from '../../core/api-key';
import { auditKinds, severities } from '../../core/audit';
import type { AuditQuery, StatisticsQuery } from '../../core/audit-query';
import {
  panelCommands,
  type FromPanel,
  type PanelRequestName,
  type PanelRequests,
} from '../../protocol/panel-messages';
import { fieldsOf, invalid, number, oneOf, optional, text, texts, type Fields } from './fields';

type Readers = { readonly [N in PanelRequestName]: (params: Fields) => PanelRequests[N]['params'] };

const maxText = 1_000;
const maxRange = 64;
const maxPageRows = 1_000;
/** A policy holds at most a few lists of 10,000 ranges. */
const maxPolicyCharacters = 4_000_000;
const maxCopied = 100_000;

const nothing = (): Record<string, never> => ({});
const limited =
  (maxLength: number) =>
  (fields: Fields, name: string): string =>
    text(fields, name, maxLength);
const listOf =
  <T extends string>(allowed: readonly T[]) =>
  (fields: Fields, name: string): readonly T[] =>
    texts(fields, name, allowed.length, 64).map((value) => oneOf({ [name]: value }, name, allowed));
const shortList = (fields: Fields, name: string): readonly string[] => texts(fields, name, 200, 300);

/** One row per request: takes what it needs of what the page sent, and throws FlmError `invalid_request` otherwise. */
const readers: Readers = {
  'proxy/start': nothing,
  'proxy/stop': nothing,
  'keys/list': nothing,
  'keys/create': (fields) => ({
    label: text(fields, 'label', 200),
    ...optional<Omit<PanelRequests['keys/create']['params'], 'label'>>(fields, {
      kind: (from, name) => oneOf(from, name, ['normal', 'decoy']),
      scope: keyScope,
      expiresAt: number,
      purpose: limited(200),
    }),
  }),
  'keys/change': (fields) => ({
    id: keyId(fields),
    ...optional<Omit<PanelRequests['keys/change']['params'], 'id'>>(fields, {
      label: limited(200),
      scope: keyScope,
      expiresAt: (from, name) => (from[name] === null ? null : number(from, name)),
    }),
  }),
  'keys/revoke': (fields) => ({ id: keyId(fields) }),
  'keys/rotate': (fields) => ({ id: keyId(fields), graceMinutes: number(fields, 'graceMinutes') }),
  'audit/query': auditQuery,
  'audit/statistics': statisticsQuery,
  'blocks/list': nothing,
  'blocks/add': (fields) => ({ range: range(fields), ...optional<BlockExtras>(fields, blockExtras) }),
  'blocks/change': (fields) => ({
    range: range(fields),
    expiresAt: fields.expiresAt === null ? null : number(fields, 'expiresAt'),
  }),
  'blocks/restore': (fields) => ({ range: range(fields) }),
  'blocks/remove': (fields) => ({ range: range(fields) }),
  'blocks/clearTemporary': nothing,
  'allow/add': (fields) => ({
    range: range(fields),
    ...optional<{ note?: string; expiresAt?: number }>(fields, { note: limited(maxText), expiresAt: number }),
  }),
  'allow/remove': (fields) => ({ range: range(fields) }),
  'policy/get': nothing,
  'policy/set': (fields) => ({ policy: policyDocument(fields) }),
  'policy/rehearse': (fields) => ({ policy: policyDocument(fields) }),
  'policy/cancelRehearsal': nothing,
  'exposure/close': nothing,
  'tls/renew': nothing,
  'shares/list': (fields) => ({ ended: fields.ended === true }),
  'shares/change': (fields) => ({
    id: keyId(fields),
    ...optional<{ expiresAt?: number | null }>(fields, {
      expiresAt: (from, name) => (from[name] === null ? null : number(from, name)),
    }),
  }),
  'shares/end': (fields) => ({ id: keyId(fields) }),
  'shares/rotate': (fields) => ({ id: keyId(fields), graceMinutes: number(fields, 'graceMinutes') }),
  'checkup/run': nothing,
  'checkup/cancel': nothing,
  'host/copy': (fields) => ({ text: text(fields, 'text', maxCopied) }),
  'host/exportEvents': (fields) => ({
    format: oneOf(fields, 'format', ['json', 'csv']),
    query: auditQuery(fieldsOf(fields.query)),
  }),
  'host/exportBlocks': (fields) => ({ format: oneOf(fields, 'format', ['plain', 'csv', 'json']) }),
  'host/importBlocks': nothing,
  'host/openInEditor': nothing,
  'host/run': (fields) => ({
    command: oneOf(fields, 'command', panelCommands),
    ...optional<{ share?: string }>(fields, { share: limited(64) }),
  }),
};

interface BlockExtras {
  readonly expiresAt?: number;
  readonly reason?: string;
  readonly note?: string;
}
const blockExtras = { expiresAt: number, reason: limited(maxText), note: limited(maxText) };

/**
 * Reads a message of the page as if a stranger had sent it: only known members survive. Throws FlmError
 * `invalid_request`; a request that has an id can then still be answered (`requestId`).
 */
export function readPanelMessage(value: unknown): FromPanel {
  const fields = fieldsOf(value);
  if (fields.type === 'ready') return { type: 'ready' };
  const id = requestId(value);
  if (fields.type !== 'request' || id === undefined) throw invalid('is not a message of the panel');
  const { name } = fields;
  if (typeof name !== 'string' || !Object.hasOwn(readers, name)) throw invalid('is not a request of the panel');
  const read = readers[name as PanelRequestName];
  // Name and parameters fit by the type of `readers`; TypeScript cannot see that through the index.
  return { type: 'request', id, name, params: read(fieldsOf(fields.params)) } as FromPanel;
}

/** The id of what claims to be a request, so that a bad one is refused rather than left without an answer. */
export function requestId(value: unknown): number | undefined {
  const id = (value as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}

function keyId(fields: Fields): string {
  return text(fields, 'id', 64);
}

function range(fields: Fields): string {
  return text(fields, 'range', maxRange);
}

function keyScope(fields: Fields, name: string): KeyScope {
  return optional<KeyScope>(fieldsOf(fields[name]), {
    models: shortList,
    routes: shortList,
    requestsPerMinute: number,
    requestsPerDay: number,
    tokensPerDay: number,
    concurrency: number,
    addresses: shortList,
  });
}

function auditQuery(fields: Fields): AuditQuery {
  return optional<AuditQuery>(fields, {
    from: number,
    to: number,
    address: limited(100),
    keyId: limited(64),
    requestId: limited(64),
    text: limited(200),
    limit: (from, name) => Math.min(maxPageRows, Math.max(1, Math.trunc(number(from, name)))),
    after: (from, name) => {
      const cursor = fieldsOf(from[name]);
      return { at: number(cursor, 'at'), seq: number(cursor, 'seq') };
    },
    kinds: listOf(auditKinds),
    severities: listOf(severities),
  });
}

function statisticsQuery(fields: Fields): StatisticsQuery {
  return {
    from: number(fields, 'from'),
    to: number(fields, 'to'),
    bucketMs: Math.max(1, number(fields, 'bucketMs')),
    ...optional<{ top?: number }>(fields, { top: number }),
  };
}

/** Any JSON of a policy's size: what it means is for the gateway to say, field by field. */
function policyDocument(fields: Fields): unknown {
  const document = fieldsOf(fields.policy);
  if (JSON.stringify(document).length > maxPolicyCharacters) throw invalid('policy is too large');
  return document;
}
