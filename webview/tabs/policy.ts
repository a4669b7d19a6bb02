import type { PanelState } from '../../src/protocol/panel-messages';
import { strings } from '../boot';
import { el, newId, put } from '../dom';
import type { PanelContext, TabView } from '../panel-context';
import { PolicyDraft } from '../policy/policy-draft';
import { openChangesDialog } from '../policy/changes-dialog';
import { PolicyForm } from '../policy/policy-form';
import { RehearsalSection } from '../policy/rehearsal';
import { button, emptyState, loading, Segments } from '../ui/controls';

const { policy } = strings;

/** Every threshold and mode: as a form, as JSON, with a look at what changes before it does. */
export class PolicyTab implements TabView {
  readonly element = el('div', { class: 'policy' }, loading(strings.common.loading));
  readonly #context: PanelContext;
  readonly #apply = button(policy.review, { icon: 'diff', look: 'primary', onClick: () => this.#review() });
  readonly #discard = button(policy.discard, { icon: 'discard', onClick: () => this.#throwAway() });
  readonly #summary = el('span', { class: 'count', role: 'status' });
  readonly #problem = el('div', { class: 'problem', role: 'alert' });
  readonly #json: HTMLTextAreaElement;
  readonly #jsonPlace: HTMLElement;
  #draft: PolicyDraft | undefined;
  #form: PolicyForm | undefined;
  #rehearsal: RehearsalSection | undefined;
  #isOn = false;
  #isLoading = false;

  constructor(context: PanelContext) {
    this.#context = context;
    const id = newId('json');
    this.#json = el('textarea', { id, class: 'json', rows: 24, spellcheck: 'false' });
    this.#json.addEventListener('input', () => this.#readJson());
    this.#jsonPlace = el(
      'div',
      { class: 'field', hidden: true },
      el('label', { class: 'caption', for: id }, policy.json),
      this.#json,
    );
  }

  show(): void {
    this.#isOn = true;
    if (this.#draft === undefined) void this.#load();
  }

  hide(): void {
    this.#isOn = false;
  }

  update({ connection }: PanelState): void {
    if (connection.phase === 'connected' && this.#isOn && this.#draft === undefined) void this.#load();
  }

  async #load(): Promise<void> {
    // Once only: a second answer would build the form anew, over what has been typed since the first.
    if (this.#isLoading || this.#context.state?.connection.phase !== 'connected') return;
    this.#isLoading = true;
    try {
      const document = await this.#context.host.request('policy/get', {});
      this.#build(new PolicyDraft(document.policy, document.defaults));
    } catch (error) {
      const retry = button(strings.common.retry, { onClick: () => void this.#load() });
      put(this.element, emptyState('error', error instanceof Error ? error.message : '', retry));
    }
    this.#isLoading = false;
  }

  #build(draft: PolicyDraft): void {
    const form = new PolicyForm(draft, () => this.#edited());
    const rehearsal = new RehearsalSection(this.#context.host, () => draft.document);
    this.#rehearsal = rehearsal;
    this.#draft = draft;
    this.#form = form;
    const views = [
      { value: 'form', label: policy.form },
      { value: 'json', label: policy.json },
    ];
    const view = new Segments(policy.view, views, 'form', (value) => this.#showAs(value === 'json'));
    const reset = button(policy.resetAll, { icon: 'discard', onClick: () => this.#resetAll() });
    put(
      this.element,
      el('p', { class: 'hint' }, policy.hint),
      el('div', { class: 'toolbar' }, view.element, reset),
      form.element,
      this.#jsonPlace,
      rehearsal.element,
      this.#problem,
      el('div', { class: 'policy-bar' }, this.#summary, this.#discard, this.#apply),
    );
    this.#changed();
    void rehearsal.run();
  }

  /** The reader changed something. */
  #edited(): void {
    this.#changed();
    this.#rehearsal?.changed();
  }

  #changed(): void {
    const count = this.#draft?.changes().length ?? 0;
    this.#summary.textContent = count === 0 ? policy.unchanged : `${policy.changedFields} ${count}`;
    this.#apply.toggleAttribute('disabled', count === 0);
    this.#discard.toggleAttribute('disabled', count === 0);
    this.#problem.textContent = '';
  }

  #showAs(json: boolean): void {
    if (this.#form === undefined || this.#draft === undefined) return;
    this.#form.element.hidden = json;
    this.#jsonPlace.hidden = !json;
    if (json) this.#json.value = JSON.stringify(this.#draft.document, null, 2);
    else this.#form.refresh();
  }

  #readJson(): void {
    try {
      const document: unknown = JSON.parse(this.#json.value);
      if (typeof document !== 'object' || document === null || Array.isArray(document))
        throw new Error(policy.notAnObject);
      this.#draft?.replace(document as Readonly<Record<string, unknown>>);
      this.#edited();
    } catch (error) {
      this.#apply.setAttribute('disabled', '');
      this.#problem.textContent = `${policy.badJson} ${error instanceof Error ? error.message : ''}`;
    }
  }

  #resetAll(): void {
    this.#draft?.reset();
    this.#refresh();
    this.#rehearsal?.changed();
  }

  #throwAway(): void {
    this.#draft?.discard();
    this.#refresh();
    this.#rehearsal?.changed();
  }

  #refresh(): void {
    this.#form?.refresh();
    if (this.#draft !== undefined) this.#json.value = JSON.stringify(this.#draft.document, null, 2);
    this.#changed();
  }

  #review(): void {
    const draft = this.#draft;
    if (draft === undefined) return;
    openChangesDialog(draft.changes(), () => this.#send(draft));
  }

  /** Sends the draft. Where the gateway names fields that it cannot use, nothing has changed and they are marked. */
  async #send(draft: PolicyDraft): Promise<void> {
    const result = await this.#context.host.request('policy/set', { policy: draft.document });
    if (result.ok) {
      draft.applied(result.policy);
      this.#refresh();
      this.#context.notice.say(policy.applied);
      return;
    }
    this.#changed();
    const rest = this.#form?.complain(result.problems) ?? [];
    this.#problem.textContent = [policy.refused, ...rest].join(' ');
  }
}
