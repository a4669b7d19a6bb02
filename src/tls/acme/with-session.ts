import type { Clock } from '../../core/clock';
import { reason, type Reason } from '../../core/reason';
import { readChain } from '../certificate';
import { readText } from '../files/read-files';
import { AcmeFailure } from './acme-failure';
import { AcmeSession } from './acme-session';
import type { AcmeSettings } from './acme-settings';
import type { AcmeStore } from './acme-store';

/** A whole visit: account, proof (the DNS program has 5 minutes of it) and certificate. */
export const acmeVisitTimeoutMs = 10 * 60_000;

export interface Visit {
  readonly settings: AcmeSettings;
  readonly store: AcmeStore;
  readonly clock: Clock;
  /** Ends it at once; its reason is what the visit rejects with. */
  readonly stop: AbortSignal;
  /** Something about the account that a person should know. */
  readonly onNotice: (notice: Reason) => void;
}

/** Opens the account at the server, does the work there and leaves, within {@link acmeVisitTimeoutMs}. */
export async function withSession<T>(visit: Visit, work: (session: AcmeSession) => Promise<T>): Promise<T> {
  const { settings, store, clock, stop, onNotice } = visit;
  const attempt = new AbortController();
  const limit = clock.setTimeout(() => {
    attempt.abort(new AcmeFailure(reason('tls.acmeTimeout', settings.host, acmeVisitTimeoutMs / 1000)));
  }, acmeVisitTimeoutMs);
  const signal = AbortSignal.any([stop, attempt.signal]);
  let session: AcmeSession | undefined;
  try {
    const ca = settings.caFile === undefined ? {} : { ca: await readCa(settings.caFile) };
    const { key, notice } = await store.accountKey();
    if (notice !== undefined) onNotice(notice);
    session = new AcmeSession({ ...settings, ...ca, clock, signal, accountKey: key });
    await session.openAccount();
    return await work(session);
  } finally {
    limit.cancel();
    session?.close();
  }
}

async function readCa(path: string): Promise<string> {
  const text = await readText(path);
  if (typeof text !== 'string') throw new AcmeFailure(reason('tls.fileUnreadable', path, text.error));
  if (readChain(text) === undefined) throw new AcmeFailure(reason('tls.noCertificate', path));
  return text;
}
