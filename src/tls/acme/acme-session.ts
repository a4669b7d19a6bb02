import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { Client, crypto as acmeCrypto, type Authorization, type Order } from 'acme-client';
import type { Clock } from '../../core/clock';
import { reason } from '../../core/reason';
import { checkPair, type CheckedPair } from '../certificate';
import { delay } from '../delay';
import { AcmeFailure } from './acme-failure';
import type { ChallengeResponder } from './challenge';
import { readProblem } from './problem';
import { AcmeTransport } from './transport';

const newKeyPair = promisify(generateKeyPair);

/** Between two looks at what the server is doing: quick at first, as most are. */
const pollMs = [250, 500, 1000, 2000, 3000, 5000] as const;
const longestPollMs = 10_000;

/** RFC 5280 §5.3.1. */
const keyCompromise: number = 1;

export interface SessionOptions {
  readonly clock: Clock;
  /** Ends everything the session waits for. */
  readonly signal: AbortSignal;
  readonly directoryUrl: string;
  /** Of the directory, for people. */
  readonly host: string;
  /** PEM. */
  readonly accountKey: string;
  readonly email: string;
  readonly ca?: string;
}

/**
 * One conversation with an ACME server: account, order, proof, certificate. Made for one attempt and closed after it.
 * Everything rejects with an {@link AcmeFailure}, the signal's reason, or an error of acme-client.
 */
export class AcmeSession {
  readonly #options: SessionOptions;
  readonly #transport: AcmeTransport;
  readonly #client: Client;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#transport = new AcmeTransport(options);
    this.#client = new Client({ directoryUrl: options.directoryUrl, accountKey: options.accountKey });
    const seam = this.#client as unknown as { readonly http: { request: AcmeTransport['request'] } };
    seam.http.request = (url, method, request) => this.#transport.request(url, method, request);
  }

  close(): void {
    this.#transport.close();
  }

  /** Makes the account, or finds it again by its key (RFC 8555 §7.3.1). The terms were accepted by a person. */
  async openAccount(): Promise<void> {
    await this.#client.createAccount({
      termsOfServiceAgreed: true,
      contact: [`mailto:${this.#options.email}`],
    });
  }

  /** A certificate for one name, with a new key. */
  async order(domain: string, responder: ChallengeResponder): Promise<CheckedPair> {
    let order = await this.#client.createOrder({ identifiers: [{ type: 'dns', value: domain }] });
    for (const authorization of await this.#client.getAuthorizations(order)) {
      if (authorization.status !== 'valid') await this.#prove(order, authorization, responder);
    }
    order = await this.#until(order, ['ready', 'valid']);

    const { privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const [, request] = await acmeCrypto.createCsr({ altNames: [domain] }, key);
    order = await this.#until(await this.#client.finalizeOrder(order, request), ['valid']);
    const cert = await this.#client.getCertificate(order);

    const { host, clock } = this.#options;
    const checked = checkPair({ cert, key, certFile: host, keyFile: host }, clock.now());
    if (!checked.ok) throw new AcmeFailure(checked.reason);
    if (!checked.pair.facts.names.includes(domain)) {
      throw new AcmeFailure(reason('tls.acmeRefused', host, `its certificate is not for ${domain}`));
    }
    return checked.pair;
  }

  async revoke(cert: string): Promise<void> {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- acme-client has the enumeration in its types only
    await this.#client.revokeCertificate(cert, { reason: keyCompromise });
  }

  async #prove(order: Order, authorization: Authorization, responder: ChallengeResponder): Promise<void> {
    const domain = authorization.identifier.value;
    const challenge = authorization.challenges.find(({ type }) => type === responder.type);
    if (challenge === undefined) {
      throw new AcmeFailure(reason('tls.acmeNoChallenge', this.#options.host, responder.type, domain));
    }
    const answer = await this.#client.getChallengeKeyAuthorization(challenge);
    const takeAway = await responder.answer({ domain, token: challenge.token, answer }, this.#options.signal);
    try {
      await this.#client.completeChallenge(challenge);
      await this.#untilProved(order, authorization.url, responder);
    } finally {
      await takeAway();
    }
  }

  async #untilProved(order: Order, url: string, responder: ChallengeResponder): Promise<void> {
    for (let look = 0; ; look++) {
      await this.#pause(look);
      const now = (await this.#client.getAuthorizations(order)).find((authorization) => authorization.url === url);
      if (now?.status === 'valid') return;
      if (now?.status === 'pending') continue;
      const error = now?.challenges.find(({ type }) => type === responder.type)?.error;
      const { detail, type } = readProblem(error);
      const says = detail === '' ? (now?.status ?? 'nothing') : `${detail} (${type})`;
      throw new AcmeFailure(responder.failed(now?.identifier.value ?? '', says));
    }
  }

  async #until(order: Order, wanted: readonly Order['status'][]): Promise<Order> {
    let current = order;
    for (let look = 0; !wanted.includes(current.status); look++) {
      if (current.status === 'invalid') {
        const { detail, type } = readProblem(current.error);
        throw new AcmeFailure(
          reason('tls.acmeRefused', this.#options.host, detail === '' ? 'the order' : `${detail} (${type})`),
        );
      }
      await this.#pause(look);
      current = await this.#client.getOrder(current);
    }
    return current;
  }

  #pause(look: number): Promise<void> {
    return delay(this.#options.clock, pollMs[look] ?? longestPollMs, this.#options.signal);
  }
}
