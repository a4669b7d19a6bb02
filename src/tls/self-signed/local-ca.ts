import { X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';
import { randomId } from '../../core/random-id';
import type { Logger } from '../../core/logger';
import { reason, type Reason } from '../../core/reason';
import { dayText } from '../dates';
import { errorMessage } from '../error-message';
import { loadPair, savePair } from '../pair-file';
import type { PrivateFolder } from '../private-folder';
import { issueCa, leafLifeMs, subjectOf } from './issue';
import { isPermitted, permittedNames } from './name-constraints';

const fileName = 'local-ca.pem';
const exportName = 'flm-ca.crt';
const dayMs = 24 * 60 * 60_000;
/** Ahead of its end by more than a server certificate lives, so that one never has to end early. */
const renewAheadMs = leafLifeMs + 30 * dayMs;

/** The CA as it is used. */
export interface LocalCa {
  readonly key: string;
  readonly certificate: X509Certificate;
  /** DNS names for which it may vouch, with what is below them. */
  readonly permitted: readonly string[];
}

export interface ReadyCa {
  readonly ca: LocalCa;
  /** What a person has to know: replaced, renewed, not kept. */
  readonly notice?: Reason;
}

/** The CA of this machine alone: made on first use, kept in one private file, its certificate exported beside it. */
export class LocalCaStore {
  readonly #folder: PrivateFolder;
  readonly #logger: Logger;
  /** One that could not be written down serves until the process ends: devices may have been told to trust it. */
  #unkept: LocalCa | undefined;

  constructor(folder: PrivateFolder, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** PEM file to hand to other devices. */
  get exportFile(): string {
    return this.#folder.file(exportName);
  }

  /**
   * The CA, made or renewed where it has to be. With `mustCover` a CA that may not vouch for one of the names is
   * replaced; without, it stays and the names are for the caller to leave out. Does not reject.
   */
  async ready(names: readonly string[], now: number, mustCover: boolean): Promise<ReadyCa> {
    const found = await this.#find(now);
    if ('ca' in found) {
      const uncovered = mustCover && names.some((name) => !isPermitted(name, found.ca.permitted));
      if (uncovered) return this.#make(names, now, await this.#replaced());
      if (now >= Date.parse(found.ca.certificate.validTo) - renewAheadMs) return this.#renew(found.ca, names, now);
      await this.#export(found.ca);
      return found;
    }
    return this.#make(names, now, found.notice);
  }

  /** When {@link ready} would renew it, epoch ms. */
  static renewsAt(ca: LocalCa): number {
    return Date.parse(ca.certificate.validTo) - renewAheadMs;
  }

  async #find(now: number): Promise<ReadyCa | { readonly notice: Reason | undefined }> {
    if (this.#unkept !== undefined) return { ca: this.#unkept };
    try {
      const loaded = await loadPair(this.#folder, fileName);
      if (loaded.is === 'missing') return { notice: undefined };
      const ca = loaded.is === 'whole' ? usableCa(loaded.pair, now) : undefined;
      return ca === undefined ? { notice: await this.#replaced() } : { ca };
    } catch (error) {
      this.#logger.warn('The local CA cannot be read', { error });
      return { notice: reason('tls.fileUnreadable', this.#folder.file(fileName), errorMessage(error)) };
    }
  }

  async #replaced(): Promise<Reason | undefined> {
    if (this.#unkept !== undefined) {
      this.#unkept = undefined;
      return undefined;
    }
    const kept = await this.#folder.setAside(fileName);
    this.#logger.warn('The local CA is replaced', { kept });
    return reason('tls.caReplaced', this.#folder.file(fileName), kept);
  }

  async #make(names: readonly string[], now: number, notice: Reason | undefined): Promise<ReadyCa> {
    const subject = `O=FLM, CN=FLM local CA ${randomId(6)}`;
    const ca = await this.#keep(await issueCa({ subject, names }, now));
    this.#logger.info('A local CA was made', { fingerprint: ca.ca.certificate.fingerprint256 });
    const why = notice ?? ca.notice;
    return { ca: ca.ca, ...(why === undefined ? {} : { notice: why }) };
  }

  /** Same key and name, later end: devices that trust the earlier certificate go on until that one ends. */
  async #renew(old: LocalCa, names: readonly string[], now: number): Promise<ReadyCa> {
    const wish = { subject: subjectOf(old.certificate), names: [...old.permitted, ...names], key: old.key };
    const renewed = await this.#keep(await issueCa(wish, now));
    this.#logger.info('The local CA was renewed', { fingerprint: renewed.ca.certificate.fingerprint256 });
    const notice = reason('tls.caRenewed', dayText(Date.parse(old.certificate.validTo)));
    return { ca: renewed.ca, notice: renewed.notice ?? notice };
  }

  async #keep(pair: { readonly key: string; readonly cert: string }): Promise<ReadyCa> {
    const ca = toCa(pair);
    try {
      await savePair(this.#folder, fileName, pair);
      this.#unkept = undefined;
      await this.#export(ca);
      return { ca };
    } catch (error) {
      this.#unkept = ca;
      this.#logger.warn('The local CA cannot be kept', { error });
      return { ca, notice: reason('tls.notKept', this.#folder.path, errorMessage(error)) };
    }
  }

  /** The certificate alone, for other devices. That it cannot be written stops nothing: it is also in memory. */
  async #export({ certificate }: LocalCa): Promise<void> {
    try {
      const pem = certificate.toString();
      if ((await this.#folder.read(exportName)) !== pem) await this.#folder.write(exportName, pem);
    } catch (error) {
      this.#logger.warn("The local CA's certificate cannot be exported", { error });
    }
  }
}

function toCa(pair: { readonly key: string; readonly cert: string }): LocalCa {
  const certificate = new X509Certificate(pair.cert);
  const permitted = permittedNames(new ParsedCertificate(certificate.raw));
  // Without constraints it is none of ours, and nothing is covered.
  return { key: pair.key, certificate, permitted: permitted ?? [] };
}

/** Undefined for a certificate that is no CA of ours, that has ended, or that begins in the future (a clock went wrong). */
function usableCa(pair: { readonly key: string; readonly cert: string }, now: number): LocalCa | undefined {
  try {
    const ca = toCa(pair);
    const { certificate } = ca;
    const isValid = Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo);
    return certificate.ca && isValid && ca.permitted.length > 0 ? ca : undefined;
  } catch {
    return undefined;
  }
}
