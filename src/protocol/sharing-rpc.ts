import type { CreatedKey } from '../core/api-key';
import type { Endpoint, ExposureDemand, ExposureScope, MachineAddress } from '../core/exposure';
import type { Share, ShareAudience, ShareLimits, ShareView } from '../core/share';
import type { Reason } from '../core/reason';
import type { TlsState } from '../core/tls';

/** Requests about exposure, TLS, shares and the check-up: part of `GatewayRequests`, apart only to keep files small. */
export interface SharingRequests {
  /** Addresses of this machine on which the proxy could listen. */
  'exposure/addresses': { params: Record<string, never>; result: readonly MachineAddress[] };
  /**
   * A person agreed to be reachable like that: a scope wider than the confirmed one is not used before. `until`, epoch
   * ms: back to this machine then.
   */
  'exposure/confirm': { params: ExposureDemand & { readonly until?: number }; result: ExposureState };
  /** Back to this machine at once: every wish and share that goes beyond it ends. */
  'exposure/close': { params: Record<string, never>; result: ExposureState };

  'tls/renew': { params: Record<string, never>; result: TlsState };
  /**
   * The private key may have got into other hands: the CA revokes the certificate in use, and a new one with a new key
   * is made. `invalid_request` where no CA could be told.
   */
  'tls/revoke': { params: Record<string, never>; result: TlsState };
  /** The local CA's certificate. `not_found` before the first use. */
  'tls/ca': { params: Record<string, never>; result: { readonly pem: string; readonly file: string } };

  /** Running ones; with `ended` also what is left of the others, newest first. */
  'shares/list': { params: { readonly ended: boolean }; result: readonly ShareView[] };
  /** Makes key, exposure and end in one step, or nothing of them. */
  'shares/create': { params: CreateShareParams; result: CreatedShare };
  'shares/change': { params: ChangeShareParams; result: Share };
  /** Ends it now: its key is revoked, its exposure given back. */
  'shares/end': { params: { readonly id: string }; result: Share };
  /** A new secret for the same share. */
  'shares/rotate': { params: { readonly id: string; readonly graceMinutes: number }; result: CreatedShare };

  /** Looks for holes around the proxy. Takes seconds; `checkup/cancel` ends it early. */
  'checkup/run': { params: Record<string, never>; result: CheckupReport };
  'checkup/cancel': { params: Record<string, never>; result: null };
}

export interface CreateShareParams {
  readonly label: string;
  readonly audience: ShareAudience;
  readonly limits: ShareLimits;
  readonly expiresAt?: number;
  /** Addresses of this machine to be reachable on; undefined: those that fit the audience. */
  readonly addresses?: readonly string[];
}

export interface ChangeShareParams {
  readonly id: string;
  readonly label?: string;
  readonly limits?: ShareLimits;
  readonly audience?: ShareAudience;
  /** Null: no end. */
  readonly expiresAt?: number | null;
}

export interface CreatedShare {
  readonly share: Share;
  readonly key: CreatedKey;
  /** Where the other side reaches it, best first. */
  readonly endpoints: readonly Endpoint[];
  /** What is not as expected but hinders nothing: no model matches now. */
  readonly warnings: readonly Reason[];
}

/** What is open now, and why. Part of {@link SharingSummary}. */
export interface ExposureState {
  /** What happens now. */
  readonly scope: ExposureScope;
  /** Addresses beyond loopback on which the proxy listens now. */
  readonly addresses: readonly string[];
  /** What settings ask for but nobody confirmed yet. */
  readonly unconfirmed?: ExposureDemand;
  /** Who asks for it. */
  readonly because: readonly ('settings' | 'timer' | 'share')[];
  /** Epoch ms at which it narrows by itself. */
  readonly until?: number;
  /** Why it is narrower than wished. */
  readonly notice?: Reason;
}

/** Sharing at a glance: part of `GatewayState`. */
export interface SharingSummary {
  readonly exposure: ExposureState;
  readonly tls: TlsState;
  /** Ways to the proxy while it is on, this machine's first. */
  readonly endpoints: readonly Endpoint[];
  /** Running shares. */
  readonly shares: readonly ShareView[];
  /** Of the last check-up. */
  readonly checkup?: CheckupReport;
}

export interface CheckupReport {
  /** Epoch ms. */
  readonly at: number;
  /** Worst first. Empty: nothing found. */
  readonly findings: readonly CheckupFinding[];
  /** Checks that could not be made, and why. */
  readonly skipped: readonly Reason[];
  readonly isCancelled: boolean;
}

/** What is wrong, why it matters, how to mend it. All three are put into words where they are shown. */
export interface CheckupFinding {
  /** Stable: `engine-open`, `engine-cors`, `engine-rebinding`, `engine-version`, `key-file-readable` … */
  readonly check: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly what: Reason;
  readonly why: Reason;
  readonly fix: Reason;
  /** A command line for a terminal, where there is one. */
  readonly command?: string;
  /** Advisory or documentation. */
  readonly source?: string;
  readonly engineId?: string;
}

export interface SharingNotifications {
  /** At most two a second. */
  'sharing/changed': SharingSummary;
}
