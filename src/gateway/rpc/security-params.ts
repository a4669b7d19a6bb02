import { isAbsolute } from 'node:path';
import { auditKinds, severities } from '../../core/audit';
import type { AccessQuery, AuditQuery, PageQuery } from '../../core/audit-query';
import type { KeyScope } from '../../core/api-key';
import type { SecurityRequests } from '../../protocol/security-rpc';
import { changedEnd, idParam, limits, rotation } from './limit-params';
import {
  boolean,
  integer,
  invalid,
  list,
  nothing,
  number,
  object,
  oneOf,
  optional,
  someOf,
  text,
  time,
  wholeNumber,
  type Fields,
} from './param-readers';

export type SecurityParamReaders = {
  readonly [N in keyof SecurityRequests]: (params: Fields) => SecurityRequests[N]['params'];
};

const outcomes = ['ok', 'refused', 'aborted', 'engine-error', 'error'] as const;
const short = (maxLength: number) => (fields: Fields, name: string) => text(fields, name, maxLength);
const range = (fields: Fields): { range: string } => ({ range: text(fields, 'range', 100) });

/** One row per request about keys, records, blocks and the policy. */
export const securityParamReaders: SecurityParamReaders = {
  'keys/list': nothing,
  'keys/create': (fields) => ({
    label: text(fields, 'label', 200),
    ...optional(fields, 'kind', (f, name) => oneOf(f, name, ['normal', 'decoy'] as const)),
    ...optional(fields, 'scope', (f, name) => scope(object(f, name))),
    ...optional(fields, 'expiresAt', time),
    ...optional(fields, 'purpose', short(200)),
  }),
  'keys/change': (fields) => ({
    ...idParam(fields),
    ...optional(fields, 'label', short(200)),
    ...optional(fields, 'scope', (f, name) => scope(object(f, name))),
    ...changedEnd(fields),
  }),
  'keys/revoke': idParam,
  'keys/rotate': rotation,

  'audit/query': auditQuery,
  'access/query': accessQuery,
  'audit/statistics': (fields) => ({
    from: time(fields, 'from'),
    to: time(fields, 'to'),
    bucketMs: number(fields, 'bucketMs', 1000, 31 * 86_400_000),
    ...optional(fields, 'top', wholeNumber(1, 100)),
  }),
  'audit/verify': (fields) => ({ archives: boolean(fields, 'archives') }),
  'audit/export': (fields) => {
    const path = text(fields, 'path', 4096);
    if (!isAbsolute(path)) throw invalid('path', 'an absolute path');
    return {
      path,
      what: oneOf(fields, 'what', ['audit', 'access'] as const),
      format: oneOf(fields, 'format', ['json', 'csv'] as const),
      ...optional(fields, 'query', (f, name) => ({ ...accessQuery(object(f, name)), ...auditQuery(object(f, name)) })),
      ...optional(fields, 'bom', boolean),
    };
  },

  'blocks/list': nothing,
  'blocks/add': (fields) => ({
    ...range(fields),
    ...optional(fields, 'expiresAt', time),
    ...optional(fields, 'reason', short(300)),
    ...optional(fields, 'note', short(500)),
  }),
  'blocks/change': (fields) => ({
    ...range(fields),
    expiresAt: fields.expiresAt === null ? null : time(fields, 'expiresAt'),
  }),
  'blocks/restore': range,
  'blocks/remove': range,
  'blocks/clearTemporary': nothing,
  'blocks/import': (fields) => ({ text: text(fields, 'text', 4_000_000) }),
  'blocks/export': (fields) => ({ format: oneOf(fields, 'format', ['plain', 'csv', 'json'] as const) }),
  'allow/add': (fields) => ({
    ...range(fields),
    ...optional(fields, 'note', short(500)),
    ...optional(fields, 'expiresAt', time),
  }),
  'allow/remove': range,

  'policy/get': nothing,
  // Its own parser names bad fields.
  'policy/set': (fields) => ({ policy: fields.policy }),
  'policy/rehearse': (fields) => ({ policy: fields.policy }),
  'policy/cancelRehearsal': nothing,
};

function scope(fields: Fields): KeyScope {
  return { ...limits(fields), ...optional(fields, 'addresses', list(1000, 100)) };
}

function pageQuery(fields: Fields): PageQuery {
  return {
    ...optional(fields, 'from', time),
    ...optional(fields, 'to', time),
    ...optional(fields, 'address', short(100)),
    ...optional(fields, 'keyId', short(64)),
    ...optional(fields, 'requestId', short(64)),
    ...optional(fields, 'text', short(200)),
    ...optional(fields, 'limit', wholeNumber(1, 1000)),
    ...optional(fields, 'after', (f, name) => {
      const cursor = object(f, name);
      return { at: time(cursor, 'at'), seq: integer(cursor, 'seq') };
    }),
  };
}

function auditQuery(fields: Fields): AuditQuery {
  return {
    ...pageQuery(fields),
    ...optional(fields, 'kinds', (f, name) => someOf(f, name, auditKinds)),
    ...optional(fields, 'severities', (f, name) => someOf(f, name, severities)),
  };
}

function accessQuery(fields: Fields): AccessQuery {
  return {
    ...pageQuery(fields),
    ...optional(fields, 'modelId', short(512)),
    ...optional(fields, 'engineId', short(80)),
    ...optional(fields, 'outcomes', (f, name) => someOf(f, name, outcomes)),
  };
}
