import { fill, strings } from '../boot';
import { el, untrusted } from '../dom';
import { formatNumber } from '../formats';
import type { PanelContext } from '../panel-context';
import { asking, button, dropdown } from '../ui/controls';
import { openDialog } from '../ui/dialog';

const { blocklist } = strings;
type Format = 'plain' | 'csv' | 'json';

/** Controls that bring blocks in from a file and put them into one. The host asks which. */
export function blockFileControls(context: PanelContext, onImported: () => void): readonly HTMLElement[] {
  const exportAs = dropdown(
    blocklist.exportAs,
    [
      { value: '', label: blocklist.exportAs },
      { value: 'plain', label: blocklist.exportPlain },
      { value: 'csv', label: 'CSV' },
      { value: 'json', label: 'JSON' },
    ],
    '',
    (value) => {
      exportAs.input.value = '';
      if (value !== '') void exportBlocks(context, value as Format);
    },
    true,
  );
  const onClick = (): void => void importBlocks(context).then(onImported);
  return [button(asking(blocklist.import), { icon: 'folder-opened', onClick }), exportAs.element];
}

/** Never rejects. */
async function importBlocks({ host, notice }: PanelContext): Promise<void> {
  try {
    const report = await host.request('host/importBlocks', {});
    const counts = [report.added, report.kept, report.refusedTotal].map(formatNumber);
    notice.say(fill(blocklist.imported, ...counts));
    if (report.refused.length > 0) showRefused(report.refused);
  } catch (error) {
    notice.fail(error);
  }
}

function showRefused(refused: readonly { readonly line: number; readonly text: string; readonly why: string }[]): void {
  const rows = refused.map(({ line, text, why }) =>
    el('li', {}, `${fill(blocklist.line, line)} `, el('code', {}, untrusted(text, 80)), ` — ${why}`),
  );
  openDialog({ title: blocklist.refusedLines, body: [el('ul', { class: 'refused' }, ...rows)] });
}

/** Never rejects. */
async function exportBlocks({ host, notice }: PanelContext, format: Format): Promise<void> {
  try {
    const { file } = await host.request('host/exportBlocks', { format });
    notice.say(fill(blocklist.exported, file));
  } catch (error) {
    notice.fail(error);
  }
}
