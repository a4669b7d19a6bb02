import { fill, strings } from '../boot';
import { el } from '../dom';
import type { PanelContext } from '../panel-context';
import { dropdown, textField } from '../ui/controls';
import { openDialog } from '../ui/dialog';
import { visibleText } from '../visible-text';

const { blocklist } = strings;

/** How long a block or an exception may last, in minutes; empty: until lifted. */
const durations = [
  { value: '60', label: strings.durations.hour },
  { value: '1440', label: strings.durations.day },
  { value: '10080', label: strings.durations.week },
  { value: '43200', label: strings.durations.month },
  { value: '', label: strings.durations.forGood },
] as const;

/** Asks for an address or range to block or to allow. What is no address is said before anything is sent. */
export function openAddDialog(context: PanelContext, list: 'block' | 'allow', changed: () => void): void {
  let minutes = list === 'block' ? '1440' : '';
  const range = textField(blocklist.range, { placeholder: '203.0.113.0/24', hint: blocklist.rangeHint });
  const note = textField(blocklist.note, { placeholder: blocklist.noteHint });
  const duration = dropdown(blocklist.howLong, durations, minutes, (value) => (minutes = value));
  const isBlock = list === 'block';
  const submit = async (): Promise<boolean> => {
    const text = range.input.value.trim();
    if (!looksLikeRange(text)) throw new Error(fill(blocklist.noRange, visibleText(text, 60)));
    const params = {
      range: text,
      ...(minutes === '' ? {} : { expiresAt: Date.now() + Number(minutes) * 60_000 }),
      ...(note.input.value.trim() === '' ? {} : { note: note.input.value.trim() }),
    };
    const added = await context.host.request(isBlock ? 'blocks/add' : 'allow/add', params);
    context.notice.say(fill(isBlock ? strings.actions.blocked : strings.actions.allowed, visibleText(added.range)), {
      label: strings.actions.undo,
      run: () => void undo(context, list, added.range, changed),
    });
    changed();
    return true;
  };
  const dialog = openDialog({
    title: isBlock ? blocklist.add : blocklist.addAllowed,
    body: [
      range.element,
      duration.element,
      note.element,
      !isBlock && el('p', { class: 'hint' }, blocklist.allowedHint),
    ],
    actions: [{ label: isBlock ? blocklist.addAction : blocklist.allowAction, run: submit }],
  });
  dialog.querySelector<HTMLElement>('vscode-text-field')?.focus();
}

async function undo(context: PanelContext, list: 'block' | 'allow', range: string, changed: () => void): Promise<void> {
  try {
    await context.host.request(list === 'block' ? 'blocks/remove' : 'allow/remove', { range });
  } catch (error) {
    context.notice.fail(error);
  }
  changed();
}

/** Coarse: tells a typing mistake at once. What is a range is for the gateway to say. */
export function looksLikeRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  if (rest.length > 0) return false;
  const isV6 = address.includes(':');
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isV6 ? 128 : 32))) return false;
  if (isV6) return /^[0-9a-f:]+(?:\d{1,3}(?:\.\d{1,3}){3})?$/i.test(address) && address.split(':').length <= 9;
  const octets = address.split('.');
  return octets.length === 4 && octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
}
