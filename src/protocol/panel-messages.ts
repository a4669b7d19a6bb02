import type { AuditEvent } from '../core/audit';
import type { Endpoint } from '../core/exposure';
import type { ShareView } from '../core/share';
import type { TlsState } from '../core/tls';
import type { GatewayRequests, ProxyState } from './gateway-rpc';
import type { BlockListFormat, ImportReport, SecurityRequests, SecuritySummary } from './security-rpc';
import type { CheckupFinding, CheckupReport, ExposureState } from './sharing-rpc';

/**
 * What the security panel and the extension say to each other over `postMessage`. Every message is plain JSON.
 *
 * The page starts with `ready` and gets `state`, whole; from then on it gets what changed. Requests carry an id and are
 * answered exactly once. The extension reads what arrives as if a stranger had sent it.
 */

type KnownRequests = GatewayRequests;

/** Requests of the gateway that the panel may make. The extension passes these on, and no others. */
export const panelGatewayRequests = [
  'proxy/start',
  'proxy/stop',
  'keys/list',
  'keys/create',
  'keys/change',
  'keys/revoke',
  'keys/rotate',
  'audit/query',
  'audit/statistics',
  'blocks/list',
  'blocks/add',
  'blocks/change',
  'blocks/restore',
  'blocks/remove',
  'blocks/clearTemporary',
  'allow/add',
  'allow/remove',
  'policy/get',
  'policy/set',
  'policy/rehearse',
  'policy/cancelRehearsal',
  'exposure/close',
  'tls/renew',
  'shares/list',
  'shares/change',
  'shares/end',
  'shares/rotate',
  'checkup/run',
  'checkup/cancel',
] as const satisfies readonly (keyof KnownRequests)[];
export type PanelGatewayRequestName = (typeof panelGatewayRequests)[number];
export type PanelGatewayRequests = Pick<KnownRequests, PanelGatewayRequestName>;

/** What only the extension can do: clipboard, dialogs, the editor. A dialog that is closed answers `cancelled`. */
export interface PanelHostRequests {
  /** Puts text on the clipboard. */
  'host/copy': { params: { readonly text: string }; result: null };
  /** Asks where to, then writes the events that match. */
  'host/exportEvents': {
    params: {
      readonly format: 'json' | 'csv';
      readonly query: SecurityRequests['audit/query']['params'];
    };
    result: { readonly rows: number; readonly file: string };
  };
  /** Asks where to, then writes the blocklist. */
  'host/exportBlocks': { params: { readonly format: BlockListFormat }; result: { readonly file: string } };
  /** Asks for a file and reads blocks from it. */
  'host/importBlocks': { params: Record<string, never>; result: ImportReport };
  /** The same page as an editor tab. */
  'host/openInEditor': { params: Record<string, never>; result: null };
  /** Runs one of the commands that ask for more than a page should: `share` for a share's id. */
  'host/run': { params: { readonly command: PanelCommand; readonly share?: string }; result: null };
}

/**
 * Commands of FLM that the page may start: who is shared with, who can reach the proxy, and what cannot be taken back, is
 * asked by VS Code.
 */
export const panelCommands = ['share.create', 'share.change', 'exposure.change', 'tls.revoke'] as const;
export type PanelCommand = (typeof panelCommands)[number];

export type PanelRequests = PanelGatewayRequests & PanelHostRequests;
export type PanelRequestName = keyof PanelRequests;

export const panelTabs = ['overview', 'events', 'blocklist', 'keys', 'policy'] as const;
export type PanelTabName = (typeof panelTabs)[number];

/** How the window stands with the gateway; `text` is in the reader's language. */
export interface PanelConnection {
  readonly phase: 'idle' | 'connecting' | 'connected' | 'incompatible' | 'failed';
  readonly text: string | null;
}

/** An address under which clients reach the gateway. */
export type PanelEndpoint = Endpoint;

export type PanelProxy = Omit<ProxyState, 'notice'> & { readonly notice: string | null };

export type PanelSecurity = Omit<SecuritySummary, 'storage'> & {
  readonly storage: { readonly kind: SecuritySummary['storage']['kind']; readonly text: string | null };
};

/** A finding in the reader's language. */
export type PanelFinding = Omit<CheckupFinding, 'what' | 'why' | 'fix'> & {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
};

/** Sharing with its sentences in the reader's language. */
export interface PanelSharing {
  readonly exposure: Omit<ExposureState, 'notice'> & { readonly notice: string | null };
  readonly tls: Omit<TlsState, 'notice' | 'cause'> & { readonly notice: string | null; readonly cause: string | null };
  /** Running shares. */
  readonly shares: readonly ShareView[];
  readonly checkup:
    | (Omit<CheckupReport, 'findings' | 'skipped'> & {
        readonly findings: readonly PanelFinding[];
        readonly skipped: readonly string[];
      })
    | null;
}

/** Everything the page is told without asking. Null: not known (yet). */
export interface PanelState {
  readonly connection: PanelConnection;
  readonly proxy: PanelProxy | null;
  readonly endpoints: readonly PanelEndpoint[];
  readonly security: PanelSecurity | null;
  readonly sharing: PanelSharing | null;
  /** Ids that keys may be limited to, canonical. */
  readonly models: readonly string[];
}

/** Page → extension. */
export type FromPanel =
  { readonly type: 'ready' } | { readonly [N in PanelRequestName]: PanelRequest<N> }[PanelRequestName];

export interface PanelRequest<N extends PanelRequestName = PanelRequestName> {
  readonly type: 'request';
  readonly id: number;
  readonly name: N;
  readonly params: PanelRequests[N]['params'];
}

/** Why a request failed: `code` to act on, `message` to show, in the reader's language. */
export interface PanelError {
  readonly code: string;
  readonly message: string;
}

/** Extension → page. */
export type ToPanel =
  /** Answer to `ready`: the whole state. */
  | { readonly type: 'state'; readonly state: PanelState }
  /** Members that changed. */
  | { readonly type: 'change'; readonly change: Partial<PanelState> }
  | { readonly type: 'answer'; readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly ok: false; readonly error: PanelError }
  /** Something was recorded that people may want to know. */
  | { readonly type: 'event'; readonly event: AuditEvent }
  /** The page is (no longer) on screen: a page nobody sees asks for nothing. */
  | { readonly type: 'visible'; readonly visible: boolean }
  /** A command wants a certain tab. */
  | { readonly type: 'show'; readonly tab: PanelTabName };

/** What the page remembers across hiding and reload (`setState`). Never a secret. */
export interface PanelMemory {
  readonly tab: PanelTabName;
  readonly range: '1h' | '24h' | '7d';
  readonly usage: 'key' | 'address' | 'model';
  readonly filter: EventFilter;
}

/** What the events tab shows. Empty: everything. */
export interface EventFilter {
  readonly text: string;
  readonly severity: '' | 'medium' | 'high';
  /** A kind (`auth.failure`) or a group of them (`auth`). */
  readonly kind: string;
  readonly address: string;
  readonly keyId: string;
  readonly since: '' | '1h' | '24h' | '7d';
}
