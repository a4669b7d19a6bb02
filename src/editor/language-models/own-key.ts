/** The part of VS Code's SecretStorage that is needed. */
export interface Secrets {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
}

const secretName = 'flm.languageModelsKey';

/**
 * The key that VS Code's own chats carry where the policy asks for one from this machine too. Made on first need and kept
 * in the operating system's secret store.
 */
export class OwnKey {
  readonly #secrets: Secrets;
  readonly #create: () => Promise<string>;
  #renewal: Promise<string> | undefined;

  /** `create` makes a key and answers its secret. */
  constructor(secrets: Secrets, create: () => Promise<string>) {
    this.#secrets = secrets;
    this.#create = create;
  }

  async current(): Promise<string | undefined> {
    const key = await this.#secrets.get(secretName);
    return key === '' ? undefined : key;
  }

  /** Chats that need a key at the same moment get the same one. */
  renew(): Promise<string> {
    this.#renewal ??= this.#make().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #make(): Promise<string> {
    const key = await this.#create();
    await this.#secrets.store(secretName, key);
    return key;
  }
}
