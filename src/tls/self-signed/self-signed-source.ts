import { X509Certificate } from 'node:crypto';
import type { Clock } from '../../core/clock';
import type { Logger } from '../../core/logger';
import { reason, type Reason } from '../../core/reason';
import type { CertificateFacts } from '../../core/tls';
import { certificateFacts } from '../certificate';
import { dayText } from '../dates';
import { errorMessage } from '../error-message';
import { loadPair, savePair, type KeptPair } from '../pair-file';
import type { PrivateFolder } from '../private-folder';
import { renewalTime } from '../renewal';
import type { CertificateSource, SourceHost } from '../source';
import { WallTimer } from '../wall-timer';
import { issueLeaf } from './issue';
import { LocalCaStore, type LocalCa } from './local-ca';
import { isPermitted } from './name-constraints';
import { subjectNames, type SubjectNames } from './subject-names';

const fileName = 'server.pem';
/** After a failure without a reason in the wish: the disk, most likely. */
const retryMs = 10 * 60_000;

export interface SelfSignedDeps {
  readonly folder: PrivateFolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly hostNames: () => readonly string[];
}

/** Certificates signed by the CA of this machine, for all its names and addresses. */
export class SelfSignedSource implements CertificateSource {
  readonly #deps: SelfSignedDeps;
  readonly #host: SourceHost;
  readonly #ca: LocalCaStore;
  readonly #timer: WallTimer;
  #names: readonly string[];
  /** In use. */
  #leaf: KeptPair | undefined;
  #isStopped = false;

  constructor(deps: SelfSignedDeps, host: SourceHost, names: readonly string[]) {
    this.#deps = deps;
    this.#host = host;
    this.#names = names;
    this.#ca = new LocalCaStore(deps.folder, deps.logger);
    this.#timer = new WallTimer(deps.clock, () => void this.#run({ isFresh: false, mustCover: false }));
  }

  start(): Promise<void> {
    return this.#run({ isFresh: false, mustCover: false });
  }

  setNames(names: readonly string[]): Promise<void> {
    this.#names = names;
    return this.#run({ isFresh: false, mustCover: false });
  }

  renew(): Promise<void> {
    return this.#run({ isFresh: true, mustCover: true });
  }

  revoke(): Promise<void> {
    return this.renew();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer.cancel();
    return Promise.resolve();
  }

  async #run(wish: { readonly isFresh: boolean; readonly mustCover: boolean }): Promise<void> {
    if (this.#isStopped) return;
    try {
      await this.#prepare(wish);
    } catch (error) {
      this.#deps.logger.error('No certificate could be made', { error });
      const failure = reason('tls.failed', errorMessage(error));
      this.#host.publish({ phase: 'failed', notice: failure });
      this.#host.event({ kind: 'failed', reason: failure });
      this.#setTimer(this.#deps.clock.now() + retryMs);
    }
  }

  async #prepare({ isFresh, mustCover }: { readonly isFresh: boolean; readonly mustCover: boolean }): Promise<void> {
    const now = this.#deps.clock.now();
    const wanted = subjectNames([...this.#deps.hostNames(), ...this.#names]);
    const { ca, notice } = await this.#ca.ready(wanted.dns, now, mustCover);
    const uncovered = wanted.dns.find((name) => !isPermitted(name, ca.permitted));
    const names = { ...wanted, dns: wanted.dns.filter((name) => isPermitted(name, ca.permitted)) };

    const notices: (Reason | undefined)[] = [notice];
    let leaf = isFresh
      ? undefined
      : (usable(this.#leaf, ca, names, now) ?? (await this.#load(ca, names, now, notices)));
    const isNew = leaf === undefined;
    if (leaf === undefined) {
      leaf = await issueLeaf(ca, names, now);
      notices.push(await this.#save(leaf));
    }
    this.#leaf = leaf;
    if (uncovered !== undefined) notices.push(reason('tls.nameNotCovered', uncovered));
    this.#publish(
      ca,
      leaf,
      notices.find((value) => value !== undefined),
      isNew,
    );
  }

  #publish(ca: LocalCa, leaf: KeptPair, notice: Reason | undefined, isNew: boolean): void {
    const facts = factsOf(leaf);
    const renewsAt = Math.min(renewalTime(facts, this.#deps.random), LocalCaStore.renewsAt(ca));
    this.#setTimer(renewsAt);
    const state = {
      phase: 'ready' as const,
      certificate: facts,
      renewsAt,
      caFile: this.#ca.exportFile,
      caFingerprint: ca.certificate.fingerprint256,
      ...(notice === undefined ? {} : { notice }),
    };
    this.#host.publish(state, { material: leaf, caCertificate: ca.certificate.toString() });
    if (!isNew) return;
    this.#deps.logger.info('A certificate of the local CA is in use', { names: facts.names.join(' ') });
    const text = reason('tls.issued', facts.names.join(', '), facts.issuer, dayText(facts.notAfter));
    this.#host.event({ kind: 'issued', reason: text, certificate: facts });
  }

  /** What an earlier run left, if it still fits. Something damaged is set aside. */
  async #load(
    ca: LocalCa,
    names: SubjectNames,
    now: number,
    notices: (Reason | undefined)[],
  ): Promise<KeptPair | undefined> {
    const { folder, logger } = this.#deps;
    try {
      const loaded = await loadPair(folder, fileName);
      if (loaded.is === 'whole') return usable(loaded.pair, ca, names, now);
      if (loaded.is === 'missing') return undefined;
      const kept = await folder.setAside(fileName);
      logger.warn('The certificate was damaged and is made anew', { kept });
      notices.push(reason('tls.fileReplaced', folder.file(fileName), kept));
    } catch (error) {
      logger.warn('The certificate of an earlier run cannot be read', { error });
    }
    return undefined;
  }

  async #save(leaf: KeptPair): Promise<Reason | undefined> {
    try {
      await savePair(this.#deps.folder, fileName, leaf);
      return undefined;
    } catch (error) {
      this.#deps.logger.warn('The certificate cannot be kept', { error });
      return reason('tls.notKept', this.#deps.folder.path, errorMessage(error));
    }
  }

  #setTimer(at: number): void {
    if (!this.#isStopped) this.#timer.set(at);
  }
}

/** The pair, if it is the CA's, for exactly these names, and before two thirds of its life. */
function usable(pair: KeptPair | undefined, ca: LocalCa, names: SubjectNames, now: number): KeptPair | undefined {
  if (pair === undefined) return undefined;
  const certificate = new X509Certificate(pair.cert);
  const facts = certificateFacts(certificate);
  const isOurs = certificate.checkIssued(ca.certificate) && certificate.verify(ca.certificate.publicKey);
  const isCurrent = facts.notBefore <= now && now < renewalTime(facts, () => 1);
  const isSame = [...facts.names].sort().join() === [...names.dns, ...names.addresses].sort().join();
  return isOurs && isCurrent && isSame ? pair : undefined;
}

function factsOf({ cert }: KeptPair): CertificateFacts {
  return certificateFacts(new X509Certificate(cert));
}
