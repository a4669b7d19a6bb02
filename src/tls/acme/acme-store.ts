import { createHash, createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Logger } from '../../core/logger';
import { reason, type Reason } from '../../core/reason';
import { certificateFacts, type CheckedPair } from '../certificate';
import { loadPair, savePair } from '../pair-file';
import type { PrivateFolder } from '../private-folder';
import { readAttempts, writeAttempts, type AttemptRecord } from './attempt-record';

const newKeyPair = promisify(generateKeyPair);
const accountName = 'account.pem';

/** What is kept for one name at one ACME server, in a private folder per server. */
export class AcmeStore {
  readonly #folder: PrivateFolder;
  readonly #logger: Logger;
  readonly #name: string;
  readonly #domain: string;

  constructor(folder: PrivateFolder, directoryUrl: string, domain: string, logger: Logger) {
    // An account key known at one server is nothing for another (RFC 8555 §11.1): each has a folder of its own.
    const server = createHash('sha256').update(directoryUrl).digest('hex').slice(0, 16);
    this.#folder = folder.subfolder('acme', server);
    this.#domain = domain;
    this.#name = domain.replace('*', '_');
    this.#logger = logger;
  }

  get path(): string {
    return this.#folder.path;
  }

  /** The account's key, PEM; made on first use. A damaged one is set aside. Rejects when it cannot be kept. */
  async accountKey(): Promise<{ readonly key: string; readonly notice?: Reason }> {
    const text = await this.#folder.read(accountName);
    if (text !== undefined && isPrivateKey(text)) return { key: text };
    const kept = text === undefined ? undefined : await this.#folder.setAside(accountName);
    const { privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    await this.#folder.write(accountName, key);
    if (kept === undefined) return { key };
    this.#logger.warn('The ACME account key was damaged; there is a new account', { kept });
    return { key, notice: reason('tls.fileReplaced', this.#folder.file(accountName), kept) };
  }

  /** The certificate of an earlier run, valid or not. One that is damaged is set aside. */
  async loadCertificate(): Promise<{ readonly pair?: CheckedPair; readonly notice?: Reason }> {
    const file = `${this.#name}.pem`;
    const loaded = await loadPair(this.#folder, file);
    if (loaded.is === 'missing') return {};
    if (loaded.is === 'damaged') {
      const kept = await this.#folder.setAside(file);
      this.#logger.warn('The certificate was damaged and is asked for anew', { kept });
      return { notice: reason('tls.fileReplaced', this.#folder.file(file), kept) };
    }
    const facts = certificateFacts(new X509Certificate(loaded.pair.cert));
    return facts.names.includes(this.#domain) ? { pair: { material: loaded.pair, facts } } : {};
  }

  async saveCertificate({ material }: CheckedPair): Promise<void> {
    await savePair(this.#folder, `${this.#name}.pem`, material);
  }

  async dropCertificate(): Promise<void> {
    await rm(this.#folder.file(`${this.#name}.pem`), { force: true });
  }

  readAttempts(): Promise<AttemptRecord | undefined> {
    return readAttempts(this.#folder, `${this.#name}.json`);
  }

  /** That it cannot be written only means that the next start asks again. */
  async writeAttempts(record: AttemptRecord): Promise<void> {
    try {
      await writeAttempts(this.#folder, `${this.#name}.json`, record);
    } catch (error) {
      this.#logger.warn('The failed attempt cannot be remembered', { error });
    }
  }

  async clearAttempts(): Promise<void> {
    await rm(this.#folder.file(`${this.#name}.json`), { force: true }).catch(() => undefined);
  }
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}
