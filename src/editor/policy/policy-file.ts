import { FlmError } from '../../core/errors';
import type { Gateway } from '../gateway-port';
import type { Localizer } from '../localizer';
import { policyText, problemsText, readPolicyText } from './policy-text';

/**
 * The security policy as one text. Reading asks the gateway; writing gives it the whole document, which it takes or
 * refuses as a whole. `mtime` grows whenever the text is another than before, so that an editor notices what somebody
 * else changed.
 */
export class PolicyFile {
  readonly #gateway: Pick<Gateway, 'request'>;
  readonly #l10n: Localizer;
  #text: string | undefined;
  #mtime = 1;

  constructor(gateway: Pick<Gateway, 'request'>, l10n: Localizer) {
    this.#gateway = gateway;
    this.#l10n = l10n;
  }

  async read(): Promise<{ readonly text: string; readonly mtime: number }> {
    const { policy } = await this.#gateway.request('policy/get', {});
    return this.#take(policy);
  }

  /** Rejects with `config_invalid`, whose message is in the reader's language and names the bad fields. */
  async write(text: string): Promise<void> {
    const document = readPolicyText(this.#l10n, text);
    if (!document.ok) throw new FlmError('config_invalid', document.message);
    await this.set(document.policy);
  }

  /** As {@link write}, for a document that is no text. */
  async set(policy: unknown): Promise<void> {
    const result = await this.#gateway.request('policy/set', { policy });
    if (!result.ok) throw new FlmError('config_invalid', problemsText(this.#l10n, result.problems));
    this.#take(result.policy);
  }

  #take(policy: unknown): { readonly text: string; readonly mtime: number } {
    const text = policyText(policy);
    if (text !== this.#text) this.#mtime += 1;
    this.#text = text;
    return { text, mtime: this.#mtime };
  }
}
