import type { Rehearsal, RehearsedAddress } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { el, put, untrusted } from '../dom';
import { formatExact, formatNumber } from '../formats';
import { HostError, type Host } from '../host';
import { button, loading } from '../ui/controls';

const { policy } = strings;

/**
 * What the last days would have looked like under the draft. Shown only where the gateway can tell: it is asked once,
 * with the policy in force.
 */
export class RehearsalSection {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #draft: () => unknown;
  readonly #answer = el('div', { class: 'rehearsal-answer', role: 'status' });
  #isAsked = false;

  constructor(host: Host, draft: () => unknown) {
    this.#host = host;
    this.#draft = draft;
    this.element = el(
      'section',
      { class: 'section rehearsal', 'aria-label': policy.rehearsal, hidden: true },
      el('h2', {}, policy.rehearsal),
      el('p', { class: 'hint' }, policy.rehearsalHint),
      button(policy.rehearse, { icon: 'history', onClick: () => void this.run() }),
      this.#answer,
    );
  }

  /** Finds out whether the gateway can rehearse. Never rejects. */
  async probe(): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    try {
      this.#show(await this.#host.request('policy/rehearse', { policy: this.#draft() }));
      this.element.hidden = false;
    } catch (error) {
      // A gateway that knows the request but failed at it may do better next time.
      this.element.hidden = error instanceof HostError && error.code === 'not_found';
    }
  }

  async run(): Promise<void> {
    put(this.#answer, loading(policy.rehearsing));
    try {
      this.#show(await this.#host.request('policy/rehearse', { policy: this.#draft() }));
    } catch (error) {
      put(this.#answer, el('p', { class: 'problem' }, error instanceof Error ? error.message : ''));
    }
  }

  #show(rehearsal: Rehearsal): void {
    const { rows, from, wouldBlock, wouldBlockTotal, wouldThrottle, wouldThrottleOwn, spared, sparedTotal } = rehearsal;
    if (rows === 0) {
      put(this.#answer, el('p', {}, policy.rehearsedNothing));
      return;
    }
    put(
      this.#answer,
      el('p', { class: 'hint' }, fill(policy.rehearsedRows, formatNumber(rows), formatExact(from))),
      el(
        'ul',
        { class: 'rehearsal-list' },
        el('li', {}, fill(policy.wouldBlock, formatNumber(wouldBlockTotal)), addresses(wouldBlock)),
        el('li', {}, fill(policy.wouldThrottle, formatNumber(wouldThrottle), formatNumber(wouldThrottleOwn))),
        el('li', {}, fill(policy.wouldSpare, formatNumber(sparedTotal)), addresses(spared)),
      ),
    );
  }
}

function addresses(list: readonly RehearsedAddress[]): HTMLElement | null {
  if (list.length === 0) return null;
  const items = list.map(({ address, rule, at }) =>
    el('li', {}, untrusted(address, 64), ' · ', el('code', {}, untrusted(rule, 80)), ' · ', formatExact(at)),
  );
  return el('ul', {}, ...items);
}
