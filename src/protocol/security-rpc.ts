import type { ApiKey, CreatedKey, KeyScope } from '../core/api-key';
import type { AuditEvent } from '../core/audit';
import type {
  AccessPage,
  AccessQuery,
  AuditPage,
  AuditQuery,
  ExportRequest,
  ExportResult,
  Statistics,
  StatisticsQuery,
  VerifyResult,
} from '../core/audit-query';
import type { AllowEntry, Block } from '../core/block';
import type { Rehearsal } from '../core/rehearsal';
import type { StorageState } from '../core/storage-state';

/** Requests about keys, records, blocks and the policy: part of `GatewayRequests`, apart only to keep files small. */
export interface SecurityRequests {
  'keys/list': { params: Record<string, never>; result: readonly ApiKey[] };
  /** The only answer, besides rotation, that holds a secret. */
  'keys/create': { params: CreateKeyParams; result: CreatedKey };
  'keys/change': { params: ChangeKeyParams; result: ApiKey };
  'keys/revoke': { params: { readonly id: string }; result: ApiKey };
  /** The old secret is accepted for `graceMinutes` more; 0: not at all. */
  'keys/rotate': { params: { readonly id: string; readonly graceMinutes: number }; result: CreatedKey };

  'audit/query': { params: AuditQuery; result: AuditPage };
  'access/query': { params: AccessQuery; result: AccessPage };
  'audit/statistics': { params: StatisticsQuery; result: Statistics };
  'audit/verify': { params: { readonly archives: boolean }; result: VerifyResult };
  'audit/export': { params: ExportRequest; result: ExportResult };

  'blocks/list': { params: Record<string, never>; result: BlockLists };
  /** Adds, or replaces the block of the same range. Refused for loopback, this machine and the allowlist. */
  'blocks/add': { params: AddBlockParams; result: Block };
  /** Another end for a block that is there; whoever made it and why stay. `not_found` without one. Null: until lifted. */
  'blocks/change': { params: { readonly range: string; readonly expiresAt: number | null }; result: Block };
  /** Takes back `blocks/remove` of a range: the block is as it was. `not_found` when it has ended meanwhile. */
  'blocks/restore': { params: { readonly range: string }; result: Block };
  /** Lifts a block and clears the score of what it covered. False: there was none. */
  'blocks/remove': { params: { readonly range: string }; result: boolean };
  /** Lifts every block that would end by itself. Answers how many. */
  'blocks/clearTemporary': { params: Record<string, never>; result: number };
  'blocks/import': { params: { readonly text: string }; result: ImportReport };
  'blocks/export': { params: { readonly format: BlockListFormat }; result: { readonly text: string } };
  'allow/add': { params: AddAllowedParams; result: AllowEntry };
  'allow/remove': { params: { readonly range: string }; result: boolean };

  'policy/get': { params: Record<string, never>; result: PolicyDocument };
  /** The whole document. A bad field is named and nothing changes. */
  'policy/set': { params: { readonly policy: unknown }; result: PolicySetResult };
  /**
   * What a policy would have done in the last seven days; changes nothing. A newer request of the same window ends the
   * older with `cancelled`; fields left out take their defaults.
   */
  'policy/rehearse': { params: { readonly policy: unknown }; result: Rehearsal };
  'policy/cancelRehearsal': { params: Record<string, never>; result: null };
}

export interface CreateKeyParams {
  readonly label: string;
  readonly kind?: 'normal' | 'decoy';
  readonly scope?: KeyScope;
  /** Epoch ms. */
  readonly expiresAt?: number;
  readonly purpose?: string;
}

export interface ChangeKeyParams {
  readonly id: string;
  readonly label?: string;
  readonly scope?: KeyScope;
  /** Null: never expires. */
  readonly expiresAt?: number | null;
}

export interface BlockLists {
  readonly blocks: readonly Block[];
  readonly allowed: readonly AllowEntry[];
}

export interface AddBlockParams {
  /** Address or CIDR range. */
  readonly range: string;
  /** Epoch ms; undefined: until lifted. */
  readonly expiresAt?: number;
  readonly reason?: string;
  readonly note?: string;
}

export interface AddAllowedParams {
  readonly range: string;
  readonly note?: string;
  readonly expiresAt?: number;
}

export type BlockListFormat = 'plain' | 'csv' | 'json';

export interface ImportReport {
  readonly added: number;
  /** Already there, unchanged. */
  readonly kept: number;
  /** At most the first 100. */
  readonly refused: readonly { readonly line: number; readonly text: string; readonly why: string }[];
  readonly refusedTotal: number;
}

/** The policy as plain JSON, with the defaults and where the file lies, for people who edit it by hand. */
export interface PolicyDocument {
  readonly policy: unknown;
  readonly defaults: unknown;
}

export type PolicySetResult =
  | { readonly ok: true; readonly policy: unknown }
  | { readonly ok: false; readonly problems: readonly { readonly field: string; readonly message: string }[] };

/** How the services stand, for status bar, tree and panel. Part of `GatewayState`. */
export interface SecuritySummary {
  /** What the services do with what they find, given the policy and the exposure. */
  readonly mode: 'off' | 'observe' | 'enforce';
  /** Blocks in force. */
  readonly blocks: readonly Block[];
  /** Keys that would open the door now. */
  readonly usableKeys: number;
  readonly load: LoadSummary;
  readonly storage: StorageState;
}

/** Last reading of the machine and what resource protection makes of it. */
export interface LoadSummary {
  /** 0–1; undefined: unknown. */
  readonly cpu?: number;
  readonly memory?: number;
  /** Delay of the gateway's event loop, 99th percentile. */
  readonly eventLoopDelayMs?: number;
  /** Steps of throttling: 0 none · 1 queue · 2 fewer slots for remote · 3 no new remote requests · 4 no new requests. */
  readonly throttle: 0 | 1 | 2 | 3 | 4;
}

/** Something recorded that a person may want to know. */
export type SecurityNews = AuditEvent & {
  /** It is what a person asked for, and reads in the window where they did, or what was agreed on before. */
  readonly isExpected?: boolean;
};

/** Notifications about security: part of `GatewayNotifications`. */
export interface SecurityNotifications {
  /** At most two a second. */
  'security/changed': SecuritySummary;
  /** What a person may want to be interrupted for: a block, a decoy key used, throttling begun. */
  'security/event': SecurityNews;
}
