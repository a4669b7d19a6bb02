import type { PanelFinding, PanelSharing } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { copyText } from '../copy-text';
import { el, put, untrusted } from '../dom';
import { formatNumber } from '../formats';
import type { PanelContext } from '../panel-context';
import { severityIcons } from '../tabs/severity-icons';
import { button, icon, rowButton } from '../ui/controls';
import { moment } from '../ui/time';
import { visibleText } from '../visible-text';

const { sharing } = strings;
type Report = PanelSharing['checkup'];

/** What the last look for holes around the proxy found, how to mend it, and another look. */
export class Checkup {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #summary = el('p', { class: 'hint', role: 'status' });
  readonly #list = el('ul', { class: 'findings', 'aria-label': sharing.checkup });
  readonly #skipped = el('ul', { class: 'skipped' });
  readonly #actions = el('div', { class: 'toolbar' });
  #report: Report = null;
  #shown: string | undefined;
  #isBusy = false;

  constructor(context: PanelContext) {
    this.#context = context;
    this.element = el('div', { class: 'checkup' }, this.#summary, this.#list, this.#skipped, this.#actions);
    this.#drawActions();
  }

  update(report: Report): void {
    const shown = JSON.stringify(report);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#report = report;
    this.#draw();
  }

  #draw(): void {
    const report = this.#report;
    put(this.#list, ...(report?.findings ?? []).map((finding) => this.#finding(finding)));
    put(
      this.#skipped,
      ...(report?.skipped ?? []).map((why) =>
        el('li', { class: 'hint' }, fill(sharing.skipped, visibleText(why, 300))),
      ),
    );
    this.#drawSummary();
    this.#drawActions();
  }

  #drawSummary(): void {
    const report = this.#report;
    if (this.#isBusy) put(this.#summary, sharing.checking);
    else if (report === null) put(this.#summary, sharing.neverChecked);
    else {
      const { findings, isCancelled, at } = report;
      const found = findings.length === 0 ? sharing.clean : fill(sharing.found, formatNumber(findings.length));
      put(this.#summary, `${isCancelled ? `${sharing.cancelled} ` : ''}${found} · ${sharing.checkedAt} `, moment(at));
    }
  }

  #drawActions(): void {
    const hadFocus = this.#actions.contains(document.activeElement);
    const action = this.#isBusy
      ? button(strings.common.cancel, { icon: 'debug-stop', onClick: () => void this.#cancel() })
      : button(this.#report === null ? sharing.check : sharing.checkAgain, {
          icon: 'shield',
          onClick: () => void this.#run(),
        });
    put(this.#actions, action);
    if (hadFocus) action.focus();
  }

  #finding(finding: PanelFinding): HTMLElement {
    const { severity, what, why, fix, command, source } = finding;
    const mark = el('span', { class: 'severity' }, icon(severityIcons[severity]));
    mark.dataset.severity = severity;
    const title = visibleText(what, 500);
    return el(
      'li',
      { class: 'attention-item finding' },
      mark,
      el(
        'div',
        { class: 'attention-text' },
        el('strong', {}, el('bdi', {}, title), ' ', el('span', { class: 'tag' }, sharing.severities[severity])),
        el(
          'dl',
          { class: 'answers' },
          el('dt', {}, sharing.why),
          el('dd', {}, untrusted(why, 1_000)),
          el('dt', {}, sharing.fix),
          el('dd', {}, untrusted(fix, 1_000)),
        ),
        command !== undefined &&
          el('pre', { class: 'snippet', tabindex: 0, 'aria-label': sharing.fix }, visibleText(command, 1_000)),
      ),
      el(
        'div',
        { class: 'row-actions' },
        command !== undefined &&
          rowButton(sharing.copyCommand, title.slice(0, 80), () => void copyText(this.#context, command)),
        isWebAddress(source) && el('a', { href: source, title: source }, sharing.source),
      ),
    );
  }

  async #run(): Promise<void> {
    this.#setBusy(true);
    try {
      await this.#context.host.request('checkup/run', {});
    } catch (error) {
      this.#context.notice.fail(error);
    }
    this.#setBusy(false);
  }

  async #cancel(): Promise<void> {
    try {
      await this.#context.host.request('checkup/cancel', {});
    } catch (error) {
      this.#context.notice.fail(error);
    }
  }

  #setBusy(isBusy: boolean): void {
    this.#isBusy = isBusy;
    this.#drawSummary();
    this.#drawActions();
  }
}

/** Nothing but https is followed: a finding may quote what an engine says. */
function isWebAddress(text: string | undefined): text is string {
  return text !== undefined && URL.canParse(text) && new URL(text).protocol === 'https:';
}
