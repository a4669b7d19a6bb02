import { visibleText } from './visible-text';

export type Child = Node | string | number | null | undefined | false;

interface Attributes {
  readonly class?: string;
  readonly on?: { readonly [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
  readonly [name: string]: unknown;
}

/**
 * Makes an element. Strings become text nodes, so nothing that is passed in is ever read as markup. Attributes that are
 * undefined or false are left out, true ones are empty.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K];
export function el(tag: string, attributes?: Attributes, ...children: readonly Child[]): HTMLElement;
export function el(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') listen(element, value as NonNullable<Attributes['on']>);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string' || typeof value === 'number') element.setAttribute(name, String(value));
  }
  add(element, children);
  return element;
}

/** Replaces what an element holds. */
export function put(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  add(element, children);
}

/** A stranger's text: hidden characters made visible, its direction kept to itself. */
export function untrusted(text: string, max?: number): HTMLElement {
  return el('bdi', { class: 'untrusted' }, visibleText(text, max));
}

let lastId = 0;
/** An id that no other element of the page has. */
export function newId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

function add(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === 'number' ? String(child) : child);
  }
}

function listen(element: HTMLElement, listeners: NonNullable<Attributes['on']>): void {
  for (const [type, listener] of Object.entries(listeners)) {
    element.addEventListener(type, listener as (event: Event) => void);
  }
}
