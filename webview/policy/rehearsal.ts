import type { Rehearsal, RehearsedAddress } from '../../src/core/rehearsal';
import { fill, strings } from '../boot';
import { el, put, untrusted } from '../dom';
import { formatExact, formatNumber } from '../formats';
import { HostError, type Host } from '../host';
import { button, loading } from '../ui/controls';

const { policy } = strings;
/** After the last change of a threshold: long enough that typing a number asks once. */
const settleMs = 1_200;

/**
 * What the last days would have looked like under the draft: asked when the policy is opened, again a moment after each
 * change, and on request. A question that has become pointless is taken back.
 */
export class RehearsalSection {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #draft: () => unknown;
  readonly #answer = el('div', { class: 'rehearsal-answer', role: 'status' });
  readonly #place = el('div', { class: 'toolbar' });
  #asked = 0;
  #isRunning = false;
  #timer: number | undefined;

  constructor(host: Host, draft: () => unknown) {
    this.#host = host;
    this.#draft = draft;
    this.element = el(
      'section',
      { class: 'section rehearsal', 'aria-label': policy.rehearsal },
      el('h2', {}, policy.rehearsal),
      el('p', { class: 'hint' }, policy.rehearsalHint),
      this.#place,
      this.#answer,
    );
    this.#drawAction();
  }

  /** The draft is another now. */
  changed(): void {
    this.#answer.classList.add('outdated');
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.run(), settleMs);
  }

  /** Never rejects. A newer run takes the place of an older one, here and in the gateway. */
  async run(): Promise<void> {
    window.clearTimeout(this.#timer);
    const number = ++this.#asked;
    this.#setRunning(true);
    if (!this.#answer.hasChildNodes()) put(this.#answer, loading(policy.rehearsing));
    try {
      const rehearsal = await this.#host.request('policy/rehearse', { policy: this.#draft() });
      if (number === this.#asked) this.#show(rehearsal);
    } catch (error) {
      if (number === this.#asked) this.#fail(error);
    }
    if (number === this.#asked) this.#setRunning(false);
  }

  #fail(error: unknown): void {
    const code = error instanceof HostError ? error.code : '';
    // A gateway of an older FLM cannot rehearse: then there is nothing to offer.
    this.element.hidden = code === 'not_found';
    if (code === 'cancelled') put(this.#answer);
    else put(this.#answer, el('p', { class: 'problem' }, error instanceof Error ? error.message : ''));
  }

  async #cancel(): Promise<void> {
    await this.#host.request('policy/cancelRehearsal', {}).catch(() => undefined);
  }

  #setRunning(isRunning: boolean): void {
    if (isRunning === this.#isRunning) return;
    this.#isRunning = isRunning;
    this.#drawAction();
  }

  #drawAction(): void {
    const hadFocus = this.#place.contains(document.activeElement);
    const action = this.#isRunning
      ? button(strings.common.cancel, { icon: 'debug-stop', onClick: () => void this.#cancel() })
      : button(policy.rehearse, { icon: 'history', onClick: () => void this.run() });
    put(this.#place, action);
    if (hadFocus) action.focus();
  }

  #show(rehearsal: Rehearsal): void {
    this.#answer.classList.remove('outdated');
    const { rows, from, wouldBlock, wouldBlockTotal, wouldBlockNew, spared, sparedTotal, limits } = rehearsal;
    if (rows === 0) {
      put(this.#answer, el('p', {}, policy.rehearsedNothing));
      return;
    }
    const blocks = `${fill(policy.wouldBlock, formatNumber(wouldBlockTotal))} · ${fill(policy.newBlocks, formatNumber(wouldBlockNew))}`;
    const throttled = fill(
      policy.wouldThrottle,
      formatNumber(rehearsal.wouldThrottle),
      formatNumber(rehearsal.wouldThrottleOwn),
    );
    put(
      this.#answer,
      el('p', { class: 'hint' }, fill(policy.rehearsedRows, formatNumber(rows), formatExact(from))),
      el(
        'ul',
        { class: 'rehearsal-list' },
        el('li', {}, blocks, addresses(wouldBlock)),
        el('li', {}, throttled),
        el('li', {}, fill(policy.wouldSpare, formatNumber(sparedTotal)), addresses(spared)),
      ),
      el(
        'details',
        { class: 'rehearsal-limits' },
        el('summary', {}, policy.notReplayed),
        el('ul', {}, ...limits.map((limit) => el('li', {}, policy.rehearsalLimits[limit]))),
      ),
    );
  }
}

function addresses(list: readonly RehearsedAddress[]): HTMLElement | null {
  if (list.length === 0) return null;
  const items = list.map(({ address, rule, at, wasBlocked }) =>
    el(
      'li',
      {},
      untrusted(address, 64),
      ' · ',
      el('code', {}, untrusted(rule, 80)),
      ' · ',
      `${formatExact(at)} `,
      !wasBlocked && el('span', { class: 'tag' }, policy.newBlock),
    ),
  );
  return el('ul', {}, ...items);
}
