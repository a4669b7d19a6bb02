import type { PanelSharing, PanelState } from '../../src/protocol/panel-messages';
import { strings } from '../boot';
import { el, type Child } from '../dom';
import type { PanelContext } from '../panel-context';
import { loading } from '../ui/controls';
import { Certificate } from './certificate';
import { Checkup } from './checkup';
import type { ShareActions } from './share-actions';
import { ShareList } from './share-list';

const { sharing } = strings;

/** Who is shared with, how it is encrypted, and what stands open beside the proxy. */
export class SharingSection {
  readonly element = el('section', { class: 'section sharing', 'aria-label': sharing.title });
  readonly #shares: ShareList;
  readonly #certificate: Certificate;
  readonly #checkup: Checkup;
  #isBuilt = false;

  constructor(context: PanelContext, actions: ShareActions) {
    this.#shares = new ShareList(actions);
    this.#certificate = new Certificate(context, actions);
    this.#checkup = new Checkup(context);
    this.element.append(heading('h2', sharing.title), loading(strings.common.loading));
  }

  update({ sharing: state }: PanelState): void {
    if (state === null) return;
    if (!this.#isBuilt) this.#build();
    this.#draw(state);
  }

  #build(): void {
    this.#isBuilt = true;
    this.element.replaceChildren(
      heading('h2', sharing.title),
      this.#shares.element,
      el('div', { class: 'sharing-part' }, heading('h3', sharing.encryption), this.#certificate.element),
      el('div', { class: 'sharing-part' }, heading('h3', sharing.checkup), this.#checkup.element),
    );
  }

  #draw({ shares, tls, checkup }: PanelSharing): void {
    this.#shares.update(shares);
    this.#certificate.update(tls);
    this.#checkup.update(checkup);
  }
}

function heading(level: 'h2' | 'h3', ...children: readonly Child[]): HTMLElement {
  return el(level, {}, ...children);
}
