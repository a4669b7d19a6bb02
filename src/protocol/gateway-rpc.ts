import type { ConfigProblem } from '../core/config';
import type { EnginesSnapshot } from '../core/engine';
import type { Measurements } from '../core/measurements';
import type { Reason } from '../core/reason';
import type { SecurityNotifications, SecurityRequests, SecuritySummary } from './security-rpc';
import type { SharingNotifications, SharingRequests, SharingSummary } from './sharing-rpc';
import type { WindowNotifications, WindowRequests } from './window-rpc';

/**
 * What the windows and the gateway say to each other: JSON-RPC 2.0 (vscode-jsonrpc framing) over a Unix socket or a
 * Windows named pipe. Every message is plain JSON.
 *
 * A connection starts with `hello`; until its token is proven every other request is refused and nothing is sent.
 */

/** Raised by any change that an older peer could not live with. Windows and gateway must have the same. */
export const protocolVersion = 2;

export interface HelloParams {
  readonly token: string;
  readonly protocolVersion: number;
  /** Version of the extension, for people. */
  readonly version: string;
  /** Raw `flm.*` settings of this window. Undefined: keep what the gateway has. */
  readonly settings?: unknown;
  /** API keys for engines, by base URL. */
  readonly engineKeys?: Readonly<Record<string, string>>;
}

export type HelloResult =
  | { readonly ok: true; readonly version: string; readonly state: GatewayState }
  | { readonly ok: false; readonly cause: 'token' | 'newer-gateway' | 'older-gateway'; readonly version: string };

export type ProxyPhase = 'off' | 'starting' | 'on' | 'stopping' | 'failed';

/** The proxy as people need to know it. */
export interface ProxyState {
  readonly phase: ProxyPhase;
  /** Where it listens, while on: `127.0.0.1`. */
  readonly host?: string;
  readonly port?: number;
  /** `http://127.0.0.1:11435/v1`, while on. */
  readonly endpoint?: string;
  /** Requests being answered now. */
  readonly inFlight: number;
  /** Requests since the proxy was started. */
  readonly requests: number;
  readonly startedAt?: number;
  /** Why it failed, or what a person should know (another port than wanted). */
  readonly notice?: Reason;
}

/** Everything a window shows. A value: replaced on change, never changed. */
export interface GatewayState {
  readonly proxy: ProxyState;
  readonly engines: EnginesSnapshot;
  /** Base URL of the running demo engine. */
  readonly demoEngine?: string;
  readonly configProblems: readonly ConfigProblem[];
  readonly security: SecuritySummary;
  /** What is open beyond this machine, certificates, shares. */
  readonly sharing: SharingSummary;
  /** The window a person looks at, or looked at last: it alone tells of what nobody asked for. Undefined: not known. */
  readonly frontWindow?: string;
  /** Process that hosts the gateway, and since when. */
  readonly pid: number;
  readonly startedAt: number;
}

/** One step of `diagnose`. */
export interface DiagnosisStep {
  readonly step: 'gateway' | 'engines' | 'models' | 'proxy' | 'keys' | 'exposure' | 'storage' | 'client' | 'picker';
  readonly ok: boolean;
  /** Localised by the editor, English in the terminal. */
  readonly finding: DiagnosisFinding;
}

export interface DiagnosisFinding {
  readonly code: DiagnosisCode;
  readonly args: readonly (string | number)[];
  /** Put into words as one more argument, the last. */
  readonly reason?: Reason;
}

/** English templates are the keys of the translations, as in `core/reason.ts`. */
export const diagnosisTemplates = {
  'gateway.ok': 'The gateway runs in process {0} since {1}.',
  'engines.none': 'No engine is running on this machine. Start one, add an address, or run the demo engine.',
  'engines.noneUsable': '{0} is known but cannot be used: {1}',
  'engines.ok': '{0} of {1} engines can be used: {2}',
  'models.none': '{0} runs but offers no model. Load or download one there.',
  'models.ok': '{0} models are published, {1} of them can chat.',
  'proxy.off': 'The proxy is off. Start it from the status bar.',
  'proxy.failed': 'The proxy could not be started. {0}',
  'proxy.ok': 'The proxy answers at {0} in {1} ms.',
  'proxy.notOurs': 'Something else answers at {0}. Restart the proxy.',
  'proxy.unreachable': 'The proxy says it is on but {0} does not answer: {1}',
  'keys.ok': 'Usable API keys: {0}.',
  'keys.none': 'There is no usable API key; programs on this machine need none.',
  'keys.noneExposed':
    'The proxy listens on {0}, but no API key is usable, so other machines are refused. Create an API key.',
  'keys.expiring': 'Usable API keys: {0}. Ending within 3 days: {1}',
  'exposure.closed': 'Nothing is reachable while the proxy is off.',
  'exposure.machine': 'The proxy listens on this machine only.',
  'exposure.enforced':
    'Other machines can reach the proxy on {0}. Usable API keys: {1}. The security services block what they detect.',
  'exposure.observed':
    'Other machines can reach the proxy on {0}. Usable API keys: {1}. The security services record what they detect and block nothing.',
  'exposure.unguarded':
    'Other machines can reach the proxy on {0}, but the security services are off. Usable API keys: {1}. Set the security mode.',
  'exposure.refused':
    'The proxy is to be opened to other machines, but without a usable API key it stays on this machine only. Create an API key.',
  'exposure.refusedUnopened':
    'The proxy is to be opened to other machines, but it stays on this machine only, because the storage could not be opened.',
  'exposure.narrower': 'The proxy is not as open to other machines as it is to be. {0}',
  'storage.ok': 'Keys, blocks and security records are stored.',
  'storage.degraded': 'The storage does not work as it should. {0}',
  'storage.readOnly': 'The storage can only be read. {0}',
  'client.ok': '{0} answered a test request in {1} ms.',
  'client.failed': 'A test request to {0} failed with HTTP {1}: {2}',
  'client.noAnswer': '{0} did not answer a test request: {1}',
  'client.noModel': 'No test request was sent, because no chat model is loaded.',
  'client.skipped': 'No test request was sent, because an earlier step failed.',
  'picker.unsupported': 'This editor does not take chat models from extensions.',
  'picker.empty': 'FLM has no chat model to offer to VS Code.',
  'picker.ok': 'FLM offers {0} chat models to VS Code; VS Code knows {1} of them.',
  'picker.agentsHidden':
    'FLM offers {0} chat models to VS Code; VS Code knows {1} of them. Its agent sessions do not show them, because `chat.agentHost.byokModels.enabled` is off.',
  'picker.missing':
    'FLM offers {0} chat models to VS Code, but VS Code knows only {1} of them. Look for them under "Manage Language Models", or reload the window.',
  'picker.hidden':
    'FLM offers {0} chat models to VS Code, but VS Code shows none. Chat may be disabled in VS Code or restricted by your organization; before 1.122, VS Code also asks you to sign in.',
  'picker.noAnswer': 'VS Code did not say which chat models it knows.',
} as const;
export type DiagnosisCode = keyof typeof diagnosisTemplates;

/** Requests from a window: name → parameters and result. */
export interface GatewayRequests extends SecurityRequests, SharingRequests, WindowRequests {
  hello: { params: HelloParams; result: HelloResult };
  'proxy/start': { params: Record<string, never>; result: ProxyState };
  'proxy/stop': { params: Record<string, never>; result: ProxyState };
  'proxy/restart': { params: Record<string, never>; result: ProxyState };
  /** Probes everything again, whatever the cache says; answers when the round has ended. */
  'engines/refresh': { params: Record<string, never>; result: EnginesSnapshot };
  /** Looks at one address without keeping it: what would be added. */
  'engines/probe': { params: { readonly url: string }; result: EngineProbeResult };
  /** Undefined key: forget it. */
  'engines/setKey': { params: { readonly baseUrl: string; readonly key?: string }; result: null };
  /** All `flm.*` settings, raw. Answers what could not be used. */
  'config/set': { params: { readonly settings: unknown }; result: readonly ConfigProblem[] };
  /** This window shows engines now (or no longer): polling follows. */
  'interest/set': { params: { readonly visible: boolean }; result: null };
  'demo/start': { params: Record<string, never>; result: { readonly baseUrl: string } };
  'demo/stop': { params: Record<string, never>; result: null };
  /** What was measured about models and FLM itself since the gateway's start. From memory. */
  'models/measurements': { params: Record<string, never>; result: Measurements };
  diagnose: { params: Record<string, never>; result: readonly DiagnosisStep[] };
  /** A newer window asks an older gateway to make room: it stops and frees lease and port. */
  yield: {
    params: { readonly token: string; readonly version: string; readonly protocolVersion?: number };
    result: null;
  };
}

export type EngineProbeResult =
  | { readonly ok: true; readonly baseUrl: string; readonly label: string; readonly models: number }
  | { readonly ok: false; readonly needsKey: boolean; readonly reason: Reason };

/** Notifications to a window. */
export interface GatewayNotifications extends SecurityNotifications, SharingNotifications, WindowNotifications {
  /** The proxy changed. At most ten a second. */
  'proxy/changed': ProxyState;
  'engines/changed': EnginesSnapshot;
  'demo/changed': { readonly baseUrl?: string };
  'config/problems': readonly ConfigProblem[];
  /** The gateway is about to end; another window may take over. */
  'gateway/closing': { readonly cause: 'owner-closed' | 'yield' | 'shutdown' };
  /** One line for the output channel. */
  log: { readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error'; readonly message: string };
}

export type GatewayRequestName = keyof GatewayRequests;
export type GatewayNotificationName = keyof GatewayNotifications;
