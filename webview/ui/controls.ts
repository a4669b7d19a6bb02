import { el, newId, type Child } from '../dom';

/** A component that has a value, as those of the library have. */
export interface ValueElement extends HTMLElement {
  value: string;
  disabled: boolean;
}

/** A codicon; decoration only, so whatever carries it needs a name of its own. */
export function icon(name: string): HTMLElement {
  return el('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** Label of what asks a person something before it acts. */
export function asking(label: string): string {
  return `${label}…`;
}

interface ButtonOptions {
  readonly icon?: string;
  readonly look?: 'primary' | 'secondary';
  readonly onClick: () => void;
}

/** A button with a text, for what stands alone. */
export function button(label: string, { icon: name, look = 'secondary', onClick }: ButtonOptions): HTMLElement {
  const start = name === undefined ? undefined : el('span', { slot: 'start', class: `codicon codicon-${name}` });
  return el('vscode-button', { appearance: look, on: { click: onClick } }, start, label);
}

/**
 * A small text button for rows, where hundreds come and go: plain HTML. `about` completes its name for screen readers,
 * without the dots that tell eyes of questions to come.
 */
export function rowButton(label: string, about: string, onClick: () => void): HTMLElement {
  return el(
    'button',
    {
      type: 'button',
      class: 'row-button',
      'aria-label': `${label.replace(/…$/, '')}: ${about}`,
      on: {
        click: (event) => {
          event.stopPropagation();
          onClick();
        },
      },
    },
    label,
  );
}

/** A button that is only an icon; `label` is its name and its tooltip. */
export function iconButton(name: string, label: string, onClick: () => void): HTMLButtonElement {
  return el(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      title: label,
      'aria-label': label,
      on: {
        click: (event) => {
          event.stopPropagation();
          onClick();
        },
      },
    },
    icon(name),
  );
}

interface FieldOptions {
  readonly value?: string;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly onInput?: (value: string) => void;
}

/** A text field with its label above and, where given, a hint below that screen readers read with it. */
export function textField(label: string, options: FieldOptions = {}): { element: HTMLElement; input: ValueElement } {
  const input = el(
    'vscode-text-field',
    {
      ...(options.placeholder === undefined ? {} : { placeholder: options.placeholder }),
      ...(options.value === undefined ? {} : { value: options.value }),
    },
    label,
  ) as ValueElement;
  if (options.onInput !== undefined) {
    const { onInput } = options;
    input.addEventListener('input', () => onInput(input.value));
  }
  const hint = options.hint === undefined ? undefined : el('div', { class: 'hint' }, options.hint);
  return { element: el('div', { class: 'field' }, input, hint), input };
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A dropdown. With `hidesLabel` the label is only for screen readers. */
export function dropdown(
  label: string,
  choices: readonly Choice[],
  value: string,
  onChange: (value: string) => void,
  hidesLabel = false,
): { element: HTMLElement; input: ValueElement } {
  const id = newId('dropdown');
  const input = el('vscode-dropdown', { 'aria-labelledby': id }, ...optionsOf(choices, value)) as ValueElement;
  input.addEventListener('change', () => onChange(input.value));
  const caption = el('span', { id, class: hidesLabel ? 'sr-only' : 'caption' }, label);
  return { element: el('div', { class: 'field' }, caption, input), input };
}

/** Replaces what a dropdown offers. */
export function setChoices(input: ValueElement, choices: readonly Choice[], value: string): void {
  input.replaceChildren(...optionsOf(choices, value));
}

function optionsOf(choices: readonly Choice[], value: string): readonly HTMLElement[] {
  return choices.map((choice) =>
    el('vscode-option', { value: choice.value, selected: choice.value === value }, choice.label),
  );
}

/** A few choices side by side, one of them pressed; arrow keys move between them. */
export class Segments {
  readonly element: HTMLElement;
  readonly #buttons = new Map<string, HTMLButtonElement>();

  constructor(label: string, choices: readonly Choice[], value: string, onChange: (value: string) => void) {
    this.element = el('div', { class: 'segments', role: 'radiogroup', 'aria-label': label });
    for (const choice of choices) {
      const pick = (): void => {
        this.select(choice.value);
        onChange(choice.value);
      };
      const item = el('button', { type: 'button', role: 'radio', on: { click: pick } }, choice.label);
      this.#buttons.set(choice.value, item);
      this.element.append(item);
    }
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.select(value);
  }

  select(value: string): void {
    for (const [key, item] of this.#buttons) {
      item.setAttribute('aria-checked', String(key === value));
      item.tabIndex = key === value ? 0 : -1;
    }
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const items = [...this.#buttons.values()];
    const at = items.findIndex((item) => item === document.activeElement);
    const next = items[(at + step + items.length) % items.length];
    next?.focus();
    next?.click();
  }
}

/** Text in place of rows that are not there: what it means and what to do. */
export function emptyState(name: string, text: string, ...actions: readonly Child[]): HTMLElement {
  return el('div', { class: 'empty' }, icon(name), el('p', {}, text), ...actions);
}

/** While something is on its way; says so to screen readers. */
export function loading(text: string): HTMLElement {
  return el('div', { class: 'loading', role: 'status' }, el('vscode-progress-ring', { 'aria-hidden': 'true' }), text);
}
