import { strings } from '../boot';
import { el, newId, type Child } from '../dom';
import { button } from './controls';

export interface DialogAction {
  readonly label: string;
  readonly icon?: string;
  /** The first primary action is what Enter means to most people: it comes first. */
  readonly look?: 'primary' | 'secondary';
  /** Closes the dialog unless it answers false. A rejection is shown in the dialog. */
  readonly run: () => unknown;
}

export interface DialogOptions {
  readonly title: string;
  readonly body: readonly Child[];
  readonly actions?: readonly DialogAction[];
  /** Text of the button that only closes; default "Cancel", or "Close" where there is no action. */
  readonly closeLabel?: string;
  readonly onClosed?: () => void;
}

/**
 * A modal dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back. Where the focus came
 * from may have been redrawn meanwhile; `onClosed` can then put it where it belongs.
 */
export function openDialog(options: DialogOptions): HTMLDialogElement {
  const { title, body, actions = [] } = options;
  const titleId = newId('dialog');
  const problem = el('div', { class: 'problem', role: 'alert' });
  const close = (): void => dialog.close();
  const closeLabel = options.closeLabel ?? (actions.length === 0 ? strings.common.close : strings.common.cancel);
  const dialog = el(
    'dialog',
    { class: 'dialog', 'aria-labelledby': titleId },
    el('h2', { id: titleId }, title),
    el('div', { class: 'dialog-body' }, ...body),
    problem,
    el(
      'div',
      { class: 'actions' },
      ...actions.map((action) =>
        button(action.label, {
          look: action.look ?? 'primary',
          ...(action.icon === undefined ? {} : { icon: action.icon }),
          onClick: onceAtATime(() => runAction(action, problem, close)),
        }),
      ),
      button(closeLabel, { onClick: close }),
    ),
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    options.onClosed?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

async function runAction(action: DialogAction, problem: HTMLElement, close: () => void): Promise<void> {
  problem.textContent = '';
  try {
    if ((await action.run()) !== false) close();
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
  }
}

/** Does nothing while it is still at it: a double click asks once. */
function onceAtATime(work: () => Promise<void>): () => void {
  let isBusy = false;
  return () => {
    if (isBusy) return;
    isBusy = true;
    void work().finally(() => (isBusy = false));
  };
}
