import { FlmError } from '../../core/errors';
import type { Gateway } from '../gateway-port';
import type { Localizer } from '../localizer';
import { policyText, problemsText, readPolicyText } from './policy-text';

/** What became of a text that was to be saved. */
export interface PolicyWrite {
  /** Undefined: it is in force. Otherwise it waits as a draft, and this says why, in the reader's language. */
  readonly problem?: string;
  /** The document reads otherwise than what was saved: fields left out have their values now. */
  readonly isRewritten: boolean;
}

/**
 * The security policy as one text. Reading asks the gateway; writing gives it the whole document, which it takes or
 * refuses as a whole. `mtime` grows whenever the text is another than before, so that an editor notices what somebody
 * else changed.
 *
 * Half a sentence is no policy: what an editor saves by itself while somebody types, and cannot be used, is kept as a
 * draft. The document reads as that draft until it can be used, or until this window ends; the policy in force stays.
 */
export class PolicyFile {
  readonly #gateway: Pick<Gateway, 'request'>;
  readonly #l10n: Localizer;
  #text: string | undefined;
  #draft: string | undefined;
  #mtime = 1;

  constructor(gateway: Pick<Gateway, 'request'>, l10n: Localizer) {
    this.#gateway = gateway;
    this.#l10n = l10n;
  }

  /** What the document says; the draft where there is one. */
  async read(): Promise<{ readonly text: string; readonly mtime: number }> {
    if (this.#draft !== undefined) return { text: this.#draft, mtime: this.#mtime };
    return this.readPolicy();
  }

  /** The policy in force, whatever draft there is. */
  async readPolicy(): Promise<{ readonly text: string; readonly mtime: number }> {
    const { policy } = await this.#gateway.request('policy/get', {});
    return this.#take(policy);
  }

  /**
   * @param isAutomatic nobody asked for the saving just now: what cannot be used becomes a draft
   * @throws FlmError `config_invalid`, in the reader's language with the bad fields, when somebody did ask
   */
  async write(text: string, isAutomatic = false): Promise<PolicyWrite> {
    try {
      const document = readPolicyText(this.#l10n, text);
      if (!document.ok) throw new FlmError('config_invalid', document.message);
      await this.set(document.policy);
    } catch (error) {
      if (!isAutomatic || !FlmError.is(error, 'config_invalid')) throw error;
      this.#draft = text;
      this.#mtime += 1;
      return { problem: error.message, isRewritten: false };
    }
    return { isRewritten: this.#text !== text };
  }

  /** Puts a document into force that is no text; a draft is gone then. Throws as {@link write} does. */
  async set(policy: unknown): Promise<void> {
    const result = await this.#gateway.request('policy/set', { policy });
    if (!result.ok) throw new FlmError('config_invalid', problemsText(this.#l10n, result.problems));
    if (this.#draft !== undefined) this.#mtime += 1;
    this.#draft = undefined;
    this.#take(result.policy);
  }

  /** An editor that has just saved is to read the document again. */
  touch(): void {
    this.#mtime += 1;
  }

  #take(policy: unknown): { readonly text: string; readonly mtime: number } {
    const text = policyText(policy);
    if (text !== this.#text) this.#mtime += 1;
    this.#text = text;
    return { text, mtime: this.#mtime };
  }
}
