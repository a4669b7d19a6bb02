import type { Clock } from '../../core/clock';
import type { Logger } from '../../core/logger';
import { reason, reasonText, type Reason } from '../../core/reason';
import type { CheckedPair } from '../certificate';
import { dayText } from '../dates';
import { ExpiryWatch } from '../expiry-watch';
import type { CertificateSource, SourceHost } from '../source';
import { FileWatch } from './file-watch';
import { readFiles } from './read-files';

export interface FilesDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A certificate that somebody else renews: read from the user's files, and again whenever they change. */
export class FilesSource implements CertificateSource {
  readonly #deps: FilesDeps;
  readonly #host: SourceHost;
  readonly #certFile: string;
  readonly #keyFile: string;
  readonly #watch: FileWatch;
  readonly #expiry: ExpiryWatch;
  /** In use. */
  #pair: CheckedPair | undefined;
  #soon: Reason | undefined;
  /** Of the last attempt, so that a pair that stays bad is told once. */
  #failure: string | undefined;
  #reading: Promise<void> | undefined;
  #readAgain = false;
  #isStopped = false;

  constructor(deps: FilesDeps, host: SourceHost, certFile: string, keyFile: string) {
    this.#deps = deps;
    this.#host = host;
    this.#certFile = certFile;
    this.#keyFile = keyFile;
    this.#watch = new FileWatch(deps.clock, () => void this.#reload());
    this.#expiry = new ExpiryWatch(deps.clock, {
      onSoon: () => this.#endsSoon(),
      onEnd: () => this.#ended(),
    });
  }

  async start(): Promise<void> {
    await this.#watch.start([this.#certFile, this.#keyFile]);
    await this.#reload();
  }

  setNames(): Promise<void> {
    return Promise.resolve();
  }

  renew(): Promise<void> {
    return this.#reload();
  }

  revoke(): Promise<void> {
    return this.#reload();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#watch.stop();
    this.#expiry.stop();
    return Promise.resolve();
  }

  /** One reading at a time; a change during one makes another, because it may have come too late for it. */
  #reload(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#readAgain = true;
      return this.#reading;
    }
    this.#reading = this.#readUntilQuiet().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readUntilQuiet(): Promise<void> {
    do {
      this.#readAgain = false;
      await this.#read();
    } while (this.#mustReadAgain());
  }

  #mustReadAgain(): boolean {
    return this.#readAgain && !this.#isStopped;
  }

  async #read(): Promise<void> {
    const checked = await readFiles(this.#certFile, this.#keyFile, this.#deps.clock.now());
    if (this.#isStopped) return;
    if (checked.ok) this.#use(checked.pair);
    else this.#refuse(checked.reason);
  }

  #use(pair: CheckedPair): void {
    const before = this.#pair;
    const recovered = this.#failure !== undefined;
    this.#failure = undefined;
    if (before?.material.cert === pair.material.cert && before.material.key === pair.material.key && !recovered) return;
    this.#pair = pair;
    if (before?.facts.fingerprint !== pair.facts.fingerprint) this.#soon = undefined;
    this.#publish();
    this.#expiry.set(pair.facts.notAfter);
    if (before === undefined || before.facts.fingerprint === pair.facts.fingerprint) return;
    const { names, issuer, notAfter } = pair.facts;
    this.#deps.logger.info('The certificate files were read again', { names: names.join(' ') });
    const text = reason('tls.issued', names.join(', '), issuer, dayText(notAfter));
    this.#host.event({ kind: 'issued', reason: text, certificate: pair.facts });
    // A tool may have put another link or folder in place, which then has to be watched.
    void this.#watchAnew();
  }

  /** What changes while nothing is watched is seen by reading once more. */
  async #watchAnew(): Promise<void> {
    await this.#watch.start([this.#certFile, this.#keyFile]);
    if (!this.#isStopped) await this.#reload();
  }

  #refuse(why: Reason): void {
    const text = JSON.stringify(why);
    if (text === this.#failure) return;
    this.#failure = text;
    this.#deps.logger.warn('The certificate files cannot be used', { reason: reasonText(why) });
    const certificate = this.#pair?.facts;
    if (certificate === undefined) this.#host.publish({ phase: 'failed', notice: why });
    else this.#publish({ notice: reason('tls.keptEarlier', dayText(certificate.notAfter)), cause: why });
    this.#host.event({ kind: 'failed', reason: why, ...(certificate === undefined ? {} : { certificate }) });
  }

  #publish(trouble?: { readonly notice: Reason; readonly cause: Reason }): void {
    const pair = this.#pair;
    if (pair === undefined) return;
    const notice = this.#soon === undefined ? {} : { notice: this.#soon };
    const state = { phase: 'ready' as const, certificate: pair.facts, ...(trouble ?? notice) };
    this.#host.publish(state, { material: pair.material });
  }

  #endsSoon(): void {
    const facts = this.#pair?.facts;
    if (facts === undefined) return;
    this.#soon = reason('tls.expiresSoon', this.#certFile, dayText(facts.notAfter));
    if (this.#failure === undefined) this.#publish();
    this.#host.event({ kind: 'expires-soon', reason: this.#soon, certificate: facts });
  }

  #ended(): void {
    const facts = this.#pair?.facts;
    if (facts === undefined) return;
    this.#pair = undefined;
    const why = reason('tls.expired', this.#certFile, dayText(facts.notAfter));
    this.#failure = JSON.stringify(why);
    this.#deps.logger.warn('The certificate has ended', { file: this.#certFile });
    this.#host.publish({ phase: 'failed', notice: why });
    this.#host.event({ kind: 'failed', reason: why });
  }
}
