import { fill, strings } from '../boot';
import { el, newId } from '../dom';
import { formatAmount, formatNumber } from '../formats';
import { dropdown, iconButton, type ValueElement } from '../ui/controls';
import type { PolicyDraft } from './policy-draft';
import type { FieldSpec } from './policy-fields';

const { policy } = strings;

/** One threshold: what it means, its unit, range and default, and a way back to the default. */
export class FieldControl {
  readonly element: HTMLElement;
  readonly #spec: FieldSpec;
  readonly #draft: PolicyDraft;
  readonly #changed: () => void;
  readonly #problem: HTMLElement;
  readonly #reset: HTMLButtonElement;
  readonly #show: (value: unknown) => void;

  constructor(spec: FieldSpec, draft: PolicyDraft, changed: () => void) {
    this.#spec = spec;
    this.#draft = draft;
    this.#changed = changed;
    const problemId = newId('problem');
    this.#problem = el('div', { class: 'problem', id: problemId, role: 'alert' });
    this.#reset = iconButton('discard', fill(policy.resetField, strings.policyFields[spec.path]), () =>
      this.#toDefault(),
    );
    const { control, show } = this.#control();
    this.#show = show;
    this.element = el(
      'div',
      { class: `policy-field ${spec.kind}` },
      control,
      this.#reset,
      el('div', { class: 'hint' }, this.#hint(), ' ', el('code', {}, spec.path)),
      this.#problem,
    );
    this.refresh();
  }

  /** Shows what the draft holds now. */
  refresh(): void {
    this.#show(this.#draft.get(this.#spec.path));
    this.#mark();
  }

  /** What the gateway said about this field. */
  complain(message: string): void {
    this.#problem.textContent = message;
  }

  #mark(): void {
    const { path } = this.#spec;
    const isDefault = JSON.stringify(this.#draft.get(path)) === JSON.stringify(this.#draft.getDefault(path));
    this.#reset.hidden = isDefault;
    this.element.classList.toggle('differs', !isDefault);
  }

  #set(value: unknown): void {
    this.#problem.textContent = '';
    this.#draft.set(this.#spec.path, value);
    this.#mark();
    this.#changed();
  }

  #toDefault(): void {
    this.#set(this.#draft.getDefault(this.#spec.path));
    this.refresh();
    this.element.querySelector<HTMLElement>('vscode-text-field, vscode-dropdown, vscode-checkbox, textarea')?.focus();
  }

  #control(): { control: HTMLElement; show: (value: unknown) => void } {
    const { kind, path, choices = [] } = this.#spec;
    const label = strings.policyFields[path];
    if (kind === 'choice') return this.#choice(label, choices);
    if (kind === 'boolean') return this.#checkbox(label);
    if (kind === 'list' || kind === 'ladder') return this.#lines(label);
    return this.#text(label);
  }

  #choice(label: string, choices: readonly string[]): { control: HTMLElement; show: (value: unknown) => void } {
    const names: Readonly<Record<string, string>> = policy.choices;
    const options = choices.map((value) => ({ value, label: names[value] ?? value }));
    const { element, input } = dropdown(label, options, String(this.#draft.get(this.#spec.path)), (value) =>
      this.#set(value),
    );
    return { control: element, show: (value) => (input.value = String(value)) };
  }

  #checkbox(label: string): { control: HTMLElement; show: (value: unknown) => void } {
    const input = el('vscode-checkbox', {}, label) as HTMLElement & { checked: boolean };
    input.addEventListener('change', () => this.#set(input.checked));
    return { control: input, show: (value) => (input.checked = value === true) };
  }

  #text(label: string): { control: HTMLElement; show: (value: unknown) => void } {
    const { kind, unit } = this.#spec;
    const input = el('vscode-text-field', {}, unit === '' ? label : `${label} (${unit})`) as ValueElement;
    input.addEventListener('input', () => {
      const text = input.value.trim();
      if (kind === 'text') this.#set(text === '' ? undefined : text);
      else this.#number(text);
    });
    return {
      control: input,
      show: (value) => (input.value = typeof value === 'string' || typeof value === 'number' ? String(value) : ''),
    };
  }

  #number(text: string): void {
    const { kind, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = this.#spec;
    const value = Number(text.replace(',', '.'));
    const isNumber = text !== '' && Number.isFinite(value) && (kind !== 'integer' || Number.isInteger(value));
    if (isNumber && value >= minimum && value <= maximum) this.#set(value);
    else this.complain(fill(policy.outOfRange, formatNumber(minimum), formatNumber(maximum)));
  }

  /** Lists are typed one item per line; steps of a ladder as `failures: minutes`, without minutes until lifted. */
  #lines(label: string): { control: HTMLElement; show: (value: unknown) => void } {
    const id = newId('lines');
    const isLadder = this.#spec.kind === 'ladder';
    const area = el('textarea', { id, class: 'lines', rows: 4, spellcheck: 'false' });
    area.addEventListener('change', () => {
      const lines = area.value.split('\n').map((line) => line.trim());
      const items = lines.filter((line) => line !== '');
      if (!isLadder) this.#set(items);
      else if (items.every((line) => ladderStep(line) !== undefined)) this.#set(items.map(ladderStep));
      else this.complain(policy.badLadder);
    });
    const caption = el('label', { class: 'caption', for: id }, label);
    const show = (value: unknown): void => {
      const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
      area.value = items.map((item) => (isLadder ? ladderLine(item as LadderStep) : String(item))).join('\n');
      area.rows = Math.min(8, Math.max(2, items.length + 1));
    };
    return { control: el('div', { class: 'field' }, caption, area), show };
  }

  #hint(): string {
    const { path, kind, default: standard, minimum, maximum, unit } = this.#spec;
    if (path === 'mode') return policy.modeHint;
    if (kind === 'ladder') return policy.ladderHint;
    if (kind === 'list') return policy.listHint;
    if (kind !== 'number' && kind !== 'integer') return '';
    const range = fill(policy.range, formatNumber(minimum ?? 0), formatNumber(maximum ?? 0));
    return `${fill(policy.default, amountText(Number(standard), unit))} ${range}`;
  }
}

/** `1,000 per minute`, `90%`, `512`. */
function amountText(value: number, unit: string): string {
  const amount = formatAmount(value);
  return unit === '' ? amount : unit === '%' ? `${amount}%` : `${amount} ${unit}`;
}

interface LadderStep {
  readonly failures: number;
  readonly minutes: number | null;
}

function ladderStep(line: string): LadderStep | undefined {
  const match = /^(\d{1,2})\s*(?::\s*(\d+(?:\.\d+)?)?\s*)?$/.exec(line);
  if (match === null) return undefined;
  return { failures: Number(match[1]), minutes: match[2] === undefined ? null : Number(match[2]) };
}

function ladderLine({ failures, minutes }: LadderStep): string {
  return minutes === null ? `${failures}:` : `${failures}: ${minutes}`;
}
