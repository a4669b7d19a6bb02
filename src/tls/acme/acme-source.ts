import type { Clock } from '../../core/clock';
import type { Logger } from '../../core/logger';
import { reason, reasonText, type Reason } from '../../core/reason';
import type { TlsPolicy } from '../../core/tls';
import type { CheckedPair } from '../certificate';
import { dayText } from '../dates';
import { errorMessage } from '../error-message';
import type { PrivateFolder } from '../private-folder';
import { renewalTime, retryDelayMs } from '../renewal';
import type { CertificateSource, SourceHost } from '../source';
import { WallTimer } from '../wall-timer';
import { AcmeStopped, asFailure, type AcmeFailure } from './acme-failure';
import { acmeSettings, type AcmeSettings } from './acme-settings';
import { AcmeStore } from './acme-store';
import type { ChallengeResponder } from './challenge';
import { DnsChallenge } from './dns-challenge';
import { HttpChallenge } from './http-challenge';
import { withSession, type Visit } from './with-session';

/** Between two certificates that are asked for by themselves. */
const shortestGapMs = 6 * 60 * 60_000;
const longestWaitMs = 8 * 24 * 60 * 60_000;

export interface AcmeDeps {
  readonly folder: PrivateFolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Address on which the CA's HTTP question is awaited; default: all. */
  readonly challengeHost?: string | undefined;
}

/**
 * A certificate from an ACME server (RFC 8555): asked for once the terms are accepted, kept over restarts, renewed at
 * two thirds of its life. A failed attempt is repeated after a while that grows; until its end, the certificate there
 * is stays in use.
 */
export class AcmeSource implements CertificateSource {
  readonly #deps: AcmeDeps;
  readonly #host: SourceHost;
  readonly #settings: AcmeSettings | Reason;
  readonly #timer: WallTimer;
  readonly #stop = new AbortController();
  #pair: CheckedPair | undefined;
  #renewsAt = 0;
  #notice: Reason | undefined;
  #running: Promise<void> | undefined;

  constructor(deps: AcmeDeps, host: SourceHost, policy: TlsPolicy) {
    this.#deps = deps;
    this.#host = host;
    this.#settings = acmeSettings(policy);
    this.#timer = new WallTimer(deps.clock, () => void this.#run(false));
  }

  start(): Promise<void> {
    return this.#run(false);
  }

  setNames(): Promise<void> {
    return Promise.resolve();
  }

  renew(): Promise<void> {
    return this.#run(true);
  }

  async revoke(): Promise<void> {
    const settings = this.#settings;
    if ('code' in settings) return;
    const store = this.#store(settings);
    const pair = this.#pair;
    if (pair !== undefined) {
      try {
        await withSession(this.#visit(settings, store), (session) => session.revoke(pair.material.cert));
      } catch (error) {
        if (!this.#hasStopped()) this.#tellFailure(asFailure(error, settings.host).reason, this.#renewsAt);
        return;
      }
      const { facts } = pair;
      this.#deps.logger.info('The certificate was revoked', { fingerprint: facts.fingerprint });
      const text = reason('tls.revoked', facts.names.join(', '), dayText(facts.notAfter));
      this.#host.event({ kind: 'revoked', reason: text, certificate: facts });
      this.#pair = undefined;
      await store.dropCertificate().catch(() => undefined);
    }
    await this.#run(true);
  }

  async stop(): Promise<void> {
    this.#timer.cancel();
    this.#stop.abort(new AcmeStopped());
    await this.#running;
  }

  #hasStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** One attempt at a time: who asks during one gets its outcome. */
  #run(isForced: boolean): Promise<void> {
    this.#running ??= this.#safely(isForced).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #safely(isForced: boolean): Promise<void> {
    const settings = this.#settings;
    if (this.#hasStopped()) return;
    if ('code' in settings) {
      this.#host.publish({ phase: 'failed', notice: settings });
      return;
    }
    const store = this.#store(settings);
    try {
      await this.#attempt(settings, store, isForced);
    } catch (error) {
      if (!this.#hasStopped()) await this.#failed(settings, store, asFailure(error, settings.host));
    }
  }

  async #attempt(settings: AcmeSettings, store: AcmeStore, isForced: boolean): Promise<void> {
    const now = this.#deps.clock.now();
    if (this.#pair === undefined) await this.#load(store);
    const isValid = this.#dropIfEnded(now);
    if (isValid && !isForced && now < this.#renewsAt) {
      this.#publishReady();
      return;
    }
    const earlier = await store.readAttempts();
    if (!isForced && earlier?.settings === settings.digest && mustWait(earlier.nextAt, now)) {
      this.#tellFailure(earlier.reason, earlier.nextAt);
      return;
    }
    const responder = this.#responder(settings);
    if (!isValid) this.#host.publish({ phase: 'preparing', notice: responder.wanted(proved(settings.domain)) });
    const pair = await withSession(this.#visit(settings, store), (session) =>
      session.order(settings.domain, responder),
    );
    await this.#use(pair, store);
  }

  async #load(store: AcmeStore): Promise<void> {
    const { pair, notice } = await store.loadCertificate();
    this.#notice = notice;
    if (pair === undefined) return;
    this.#pair = pair;
    this.#renewsAt = renewalTime(pair.facts, this.#deps.random);
  }

  /** Whether there is a certificate to serve with. */
  #dropIfEnded(now: number): boolean {
    const facts = this.#pair?.facts;
    if (facts !== undefined && (now < facts.notBefore || now >= facts.notAfter)) this.#pair = undefined;
    return this.#pair !== undefined;
  }

  async #use(pair: CheckedPair, store: AcmeStore): Promise<void> {
    this.#pair = pair;
    this.#renewsAt = nextRenewal(pair, this.#deps);
    try {
      await store.saveCertificate(pair);
    } catch (error) {
      this.#deps.logger.warn('The certificate cannot be kept', { error });
      this.#notice = reason('tls.notKept', store.path, errorMessage(error));
    }
    await store.clearAttempts();
    this.#publishReady();
    const { names, issuer, notAfter } = pair.facts;
    this.#deps.logger.info('A certificate was issued', { names: names.join(' '), issuer });
    const text = reason('tls.issued', names.join(', '), issuer, dayText(notAfter));
    this.#host.event({ kind: 'issued', reason: text, certificate: pair.facts });
  }

  #publishReady(): void {
    const pair = this.#pair;
    if (pair === undefined) return;
    this.#setTimer(this.#renewsAt);
    const state = {
      phase: 'ready' as const,
      certificate: pair.facts,
      renewsAt: this.#renewsAt,
      ...(this.#notice === undefined ? {} : { notice: this.#notice }),
    };
    this.#host.publish(state, { material: pair.material });
  }

  async #failed(settings: AcmeSettings, store: AcmeStore, failure: AcmeFailure): Promise<void> {
    const { clock, logger, random } = this.#deps;
    const earlier = await store.readAttempts().catch(() => undefined);
    const failures = (earlier?.settings === settings.digest ? earlier.failures : 0) + 1;
    const nextAt = clock.now() + retryDelayMs(failures, random, failure.retryAfterMs);
    await store.writeAttempts({ settings: settings.digest, failures, nextAt, reason: failure.reason });
    if (this.#hasStopped()) return;
    logger.warn('No certificate could be had', { reason: reasonText(failure.reason), failures });
    this.#dropIfEnded(clock.now());
    this.#tellFailure(failure.reason, nextAt);
    const certificate = this.#pair?.facts;
    this.#host.event({
      kind: 'failed',
      reason: failure.reason,
      ...(certificate === undefined ? {} : { certificate }),
    });
  }

  /** The certificate that is still valid stays in use; without one there is none, never plain HTTP instead. */
  #tellFailure(why: Reason, nextAt: number): void {
    const pair = this.#pair;
    if (pair === undefined) {
      this.#setTimer(nextAt);
      this.#host.publish({ phase: 'failed', notice: why, renewsAt: nextAt });
      return;
    }
    this.#setTimer(Math.min(nextAt, pair.facts.notAfter));
    const notice = reason('tls.keptEarlier', dayText(pair.facts.notAfter));
    const state = { phase: 'ready' as const, certificate: pair.facts, renewsAt: nextAt, notice, cause: why };
    this.#host.publish(state, { material: pair.material });
  }

  #setTimer(at: number): void {
    if (!this.#hasStopped()) this.#timer.set(at);
  }

  #visit(settings: AcmeSettings, store: AcmeStore): Visit {
    return {
      settings,
      store,
      clock: this.#deps.clock,
      stop: this.#stop.signal,
      onNotice: (notice) => (this.#notice = notice),
    };
  }

  #store(settings: AcmeSettings): AcmeStore {
    return new AcmeStore(this.#deps.folder, settings.directoryUrl, settings.domain, this.#deps.logger);
  }

  #responder({ dnsHook, httpPort }: AcmeSettings): ChallengeResponder {
    const { clock, logger, challengeHost } = this.#deps;
    return dnsHook === undefined
      ? new HttpChallenge(httpPort, challengeHost)
      : new DnsChallenge(dnsHook, clock, logger);
  }
}

/** With a clock that runs far ahead, a new certificate is past its renewal at once: still not one after the other. */
function nextRenewal({ facts }: CheckedPair, { clock, random }: AcmeDeps): number {
  const now = clock.now();
  const soonest = now + Math.min(shortestGapMs, (facts.notAfter - now) / 3);
  return Math.floor(Math.max(renewalTime(facts, random), soonest));
}

/** A time further off than any wait was noted by a clock that was wrong. */
function mustWait(nextAt: number, now: number): boolean {
  return now < nextAt && nextAt < now + longestWaitMs;
}

/** The name at which the CA looks. */
function proved(domain: string): string {
  return domain.replace(/^\*\./, '');
}
