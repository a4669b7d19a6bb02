import type { Block } from '../../src/core/block';
import { fill, strings } from '../boot';
import type { BlockActions } from '../block-actions';
import { dropdown } from '../ui/controls';
import { openDialog } from '../ui/dialog';
import { visibleText } from '../visible-text';

const { blocklist } = strings;
const choices = [
  { value: '60', label: strings.durations.hour },
  { value: '1440', label: strings.durations.day },
  { value: '10080', label: strings.durations.week },
  { value: '43200', label: strings.durations.month },
  { value: '', label: strings.durations.forGood },
] as const;

/** Asks how much longer a block shall last, or whether until somebody lifts it. */
export function openExtendDialog(actions: BlockActions, block: Block): void {
  const begin = Math.max(block.expiresAt ?? 0, Date.now());
  let minutes = '1440';
  const duration = dropdown(blocklist.longerBy, choices, minutes, (value) => (minutes = value));
  openDialog({
    title: fill(blocklist.extendTitle, visibleText(block.range)),
    body: [duration.element],
    actions: [
      {
        label: blocklist.extend,
        run: () => actions.change(block, minutes === '' ? undefined : begin + Number(minutes) * 60_000),
      },
    ],
  });
}
