import { strings } from '../boot';
import { el } from '../dom';
import { FieldControl } from './field-control';
import type { PolicyDraft } from './policy-draft';
import { policyGroups, type GroupSpec } from './policy-fields';

/** Groups that are open at first: the switches most people look for. */
const openAtFirst = new Set(['mode', 'services']);

/** Every threshold, in groups that are built when they are opened. */
export class PolicyForm {
  readonly element = el('div', { class: 'policy-form' });
  readonly #draft: PolicyDraft;
  readonly #changed: () => void;
  readonly #controls = new Map<string, FieldControl>();

  constructor(draft: PolicyDraft, changed: () => void) {
    this.#draft = draft;
    this.#changed = changed;
    this.element.append(...policyGroups.map((group) => this.#group(group)));
  }

  refresh(): void {
    for (const control of this.#controls.values()) control.refresh();
  }

  /** Shows what the gateway said about fields. Answers what belongs to none of them. */
  complain(problems: readonly { readonly field: string; readonly message: string }[]): readonly string[] {
    const rest: string[] = [];
    for (const { field, message } of problems) {
      const path = field.replace(/\[.*$/, '');
      const group = policyGroups.find(({ fields }) => fields.some((spec) => path.startsWith(spec.path)));
      const details =
        group === undefined ? null : this.element.querySelector<HTMLDetailsElement>(`[data-group="${group.name}"]`);
      if (details !== null) this.#build(details, group);
      const control = this.#controls.get(path);
      if (control === undefined || details === null) rest.push(`${field}: ${message}`);
      else {
        details.open = true;
        control.complain(`${field} ${message}`);
      }
    }
    return rest;
  }

  #group(group: GroupSpec): HTMLElement {
    const details = el(
      'details',
      { class: 'policy-group', 'data-group': group.name },
      el('summary', {}, el('h2', {}, strings.policyGroups[group.name])),
    );
    if (openAtFirst.has(group.name)) {
      details.open = true;
      this.#build(details, group);
    }
    details.addEventListener('toggle', () => {
      if (details.open) this.#build(details, group);
    });
    return details;
  }

  #build(details: HTMLDetailsElement, group: GroupSpec | undefined): void {
    if (group === undefined || details.querySelector('.policy-fields') !== null) return;
    const controls = group.fields.map((spec) => {
      const control = new FieldControl(spec, this.#draft, this.#changed);
      this.#controls.set(spec.path, control);
      return control.element;
    });
    details.append(el('div', { class: 'policy-fields' }, ...controls));
  }
}
