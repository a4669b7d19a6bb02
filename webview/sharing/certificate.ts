import type { PanelSharing } from '../../src/protocol/panel-messages';
import { strings } from '../boot';
import { copyText } from '../copy-text';
import { el, put, untrusted, type Child } from '../dom';
import { formatExact } from '../formats';
import type { PanelContext } from '../panel-context';
import { focusAction, focusedAction } from '../ui/action-focus';
import { button, icon, iconButton } from '../ui/controls';
import type { ShareActions } from './share-actions';
import { visibleText } from '../visible-text';

const { sharing } = strings;
type Tls = PanelSharing['tls'];

/** Marks told apart by shape, too. */
const marks = { off: 'unlock', preparing: 'sync', ready: 'lock', failed: 'error' } as const;

/** Whether connections are encrypted, and by which certificate. */
export class Certificate {
  readonly element = el('div', { class: 'certificate' });
  readonly #context: PanelContext;
  readonly #actions: ShareActions;
  #shown = '';

  constructor(context: PanelContext, actions: ShareActions) {
    this.#context = context;
    this.#actions = actions;
  }

  update(tls: Tls): void {
    const shown = JSON.stringify(tls);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = focusedAction(this.element);
    const mode = tls.phase === 'off' || tls.mode === 'off' ? '' : ` · ${strings.policy.choices[tls.mode]}`;
    const trouble = [tls.notice, tls.cause].filter((sentence) => sentence !== null).join(' ');
    const facts = factsOf(tls).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, this.#withCopy(value))]);
    put(
      this.element,
      el(
        'p',
        { class: 'tls-line', role: 'status' },
        el('span', { class: `tls-mark ${tls.phase}` }, icon(marks[tls.phase])),
        `${sharing.tls[tls.phase]}${mode}`,
      ),
      trouble !== '' && el('p', { class: 'tls-notice' }, icon('warning'), el('span', {}, trouble)),
      facts.length > 0 && el('dl', { class: 'facts' }, ...facts),
      tls.mode !== 'off' && el('div', { class: 'toolbar' }, ...this.#buttons(tls)),
    );
    if (focused !== undefined) focusAction(this.element, focused, 'renew');
  }

  #buttons({ mode, certificate }: Tls): readonly HTMLElement[] {
    const renew = button(sharing.renew, { icon: 'refresh', onClick: () => void this.#renew() });
    renew.dataset.action = 'renew';
    // An ACME server alone can be told that a certificate is not to be trusted any longer.
    if (mode !== 'acme' || certificate === undefined) return [renew];
    const revoke = button(sharing.revoke, { icon: 'circle-slash', onClick: () => this.#actions.run('tls.revoke') });
    revoke.dataset.action = 'revoke';
    return [renew, revoke];
  }

  #withCopy(value: Value): HTMLElement {
    if (typeof value === 'string') return untrusted(value, 500);
    const { text } = value;
    return el(
      'span',
      { class: 'copyable' },
      el('code', {}, el('bdi', { class: 'untrusted' }, ...breakable(text))),
      iconButton('copy', `${strings.common.copy} ${value.name}`, () => void copyText(this.#context, text)),
    );
  }

  async #renew(): Promise<void> {
    try {
      const { phase } = await this.#context.host.request('tls/renew', {});
      // What went wrong stands in the state, in words.
      if (phase === 'ready') this.#context.notice.say(sharing.renewed);
    } catch (error) {
      this.#context.notice.fail(error);
    }
  }
}

/** A fingerprint breaks between its bytes, a path after its slashes. */
function breakable(text: string): readonly Child[] {
  return visibleText(text, 300)
    .split(/(?<=[:/\\])/)
    .flatMap((part) => [part, el('wbr')]);
}

/** Text to read, or one to compare and copy. */
type Value = string | { readonly name: string; readonly text: string };

function factsOf({ certificate, renewsAt, caFile, caFingerprint }: Tls): readonly (readonly [string, Value])[] {
  const exact = (name: string, text: string | undefined): readonly [string, Value] | undefined =>
    text === undefined ? undefined : [name, { name, text }];
  const facts: readonly (readonly [string, Value] | undefined)[] = [
    certificate && [sharing.names, certificate.names.join(', ')],
    certificate && [sharing.issuer, certificate.issuer],
    certificate && [sharing.validUntil, formatExact(certificate.notAfter)],
    renewsAt === undefined ? undefined : [sharing.renewsAt, formatExact(renewsAt)],
    exact(sharing.fingerprint, certificate?.fingerprint),
    exact(sharing.caFile, caFile),
    exact(sharing.caFingerprint, caFingerprint),
  ];
  return facts.filter((fact) => fact !== undefined);
}
