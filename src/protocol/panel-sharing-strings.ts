import type { ExposureScope } from '../core/exposure';
import type { Severity } from '../core/audit';
import type { ShareAudience } from '../core/share';
import type { TlsState } from '../core/tls';
import type { Texts } from './texts';

/** Sharing, as a part of the overview. */
export interface SharingStrings {
  readonly title: string;
  readonly scopes: Texts<ExposureScope>;
  readonly reachableOn: string;
  readonly closesIn: string;
  readonly because: Texts<'settings' | 'timer' | 'share'>;
  readonly unconfirmed: string;
  readonly share: string;
  readonly change: string;
  readonly exposure: string;
  readonly stop: string;
  readonly stopped: string;
  readonly shares: string;
  readonly none: string;
  readonly audience: Texts<ShareAudience['type']>;
  readonly usedToday: string;
  readonly usedInAll: string;
  readonly refused: string;
  readonly neverUsed: string;
  readonly lastUsed: string;
  readonly requestsADay: string;
  readonly endless: string;
  readonly endsIn: string;
  readonly end: string;
  readonly ended: string;
  readonly extend: string;
  readonly extendTitle: string;
  readonly noEnd: string;
  readonly extended: string;
  readonly madeEndless: string;
  readonly rotate: string;
  readonly rotateTitle: string;
  readonly rotateText: string;
  readonly encryption: string;
  readonly tls: Texts<TlsState['phase']>;
  readonly names: string;
  readonly issuer: string;
  readonly validUntil: string;
  readonly renewsAt: string;
  readonly fingerprint: string;
  readonly caFile: string;
  readonly caFingerprint: string;
  readonly renew: string;
  readonly renewed: string;
  readonly revoke: string;
  readonly checkup: string;
  readonly check: string;
  readonly checkAgain: string;
  readonly checking: string;
  readonly neverChecked: string;
  readonly clean: string;
  readonly cancelled: string;
  readonly checkedAt: string;
  readonly found: string;
  readonly why: string;
  readonly fix: string;
  readonly copyCommand: string;
  readonly source: string;
  readonly skipped: string;
  readonly severities: Texts<Exclude<Severity, 'info'>>;
}

/** QR codes. */
export interface QrStrings {
  readonly show: string;
  readonly showOf: string;
  readonly title: string;
  readonly hint: string;
  readonly picture: string;
  readonly tooLong: string;
  readonly endpoint: string;
}
