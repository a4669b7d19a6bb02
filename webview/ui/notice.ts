import { strings } from '../boot';
import { el, put } from '../dom';
import { iconButton } from './controls';

interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

/**
 * One line at the lower edge that says what has just happened and lets it be undone. Stays until the next one or until
 * it is closed: nobody has to be quick.
 */
export class Notice {
  readonly element = el('div', { class: 'notice', role: 'status', 'aria-live': 'polite', hidden: true });

  say(text: string, action?: NoticeAction): void {
    this.#show('info', text, action);
  }

  /** What went wrong, read out at once. */
  fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    // A closed dialog is no failure.
    if (text !== '') this.#show('error', text);
  }

  hide(): void {
    this.element.hidden = true;
    put(this.element);
  }

  #show(kind: 'info' | 'error', text: string, action?: NoticeAction): void {
    this.element.dataset.kind = kind;
    this.element.hidden = false;
    const act = (): void => {
      this.hide();
      action?.run();
    };
    put(
      this.element,
      el('span', { class: 'notice-text' }, text),
      action && el('button', { type: 'button', class: 'link-button', on: { click: act } }, action.label),
      iconButton('close', strings.common.dismiss, () => this.hide()),
    );
  }
}
