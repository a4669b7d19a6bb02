/**
 * The action (`data-action`) of the button in focus, for places whose buttons are made anew: empty where the focus is
 * elsewhere in the place, undefined where it is elsewhere on the page.
 */
export function focusedAction(place: HTMLElement): string | undefined {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || !place.contains(activeElement)) return undefined;
  return activeElement.dataset.action ?? '';
}

/** Gives the focus to the button with this action, or, where there is none any more, to the one with another. */
export function focusAction(place: HTMLElement, action: string, otherwise: string): void {
  const buttons = [...place.querySelectorAll<HTMLElement>('[data-action]')];
  const withAction = (name: string): HTMLElement | undefined => buttons.find((item) => item.dataset.action === name);
  (withAction(action) ?? withAction(otherwise))?.focus();
}
