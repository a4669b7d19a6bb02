import { strings } from '../boot';
import { el } from '../dom';
import { openDialog } from '../ui/dialog';
import { visibleText } from '../visible-text';
import type { PolicyChange } from './policy-draft';

const { policy } = strings;

/** Old and new value of every changed field, before anything is sent. */
export function openChangesDialog(changes: readonly PolicyChange[], apply: () => Promise<void>): void {
  const rows = changes.map(({ path, from, to }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, strings.policyFields[path], el('code', {}, path)),
      el('td', {}, el('del', {}, shown(from)), ' ', el('ins', {}, shown(to))),
    ),
  );
  openDialog({
    title: policy.reviewTitle,
    body: [
      el(
        'table',
        { class: 'table changes' },
        el(
          'thead',
          {},
          el('tr', {}, el('th', { scope: 'col' }, policy.field), el('th', { scope: 'col' }, policy.oldNew)),
        ),
        el('tbody', {}, ...rows),
      ),
    ],
    actions: [{ label: policy.apply, icon: 'check', run: apply }],
  });
}

function shown(value: unknown): string {
  if (value === undefined) return policy.notSet;
  return visibleText(typeof value === 'string' ? value : JSON.stringify(value), 400);
}
