import type { CreatedKey } from '../../src/core/api-key';
import { fill, strings } from '../boot';
import { el } from '../dom';
import type { PanelContext } from '../panel-context';
import { openDialog } from '../ui/dialog';
import { visibleText } from '../visible-text';

const { keys } = strings;

/** The only view of a key. It lives in this dialog alone: not in the page's memory, not in any list. */
export function showSecret(context: PanelContext, { key, secret }: CreatedKey, onClosed: () => void): void {
  const url = (context.state?.endpoints.at(-1) ?? context.state?.endpoints[0])?.url ?? 'http://127.0.0.1:11435/v1';
  const snippet = `OPENAI_BASE_URL=${url}\nOPENAI_API_KEY=${secret}\n`;
  const said = el('p', { class: 'hint', role: 'status' });
  const copy = async (text: string, confirmation: string): Promise<false> => {
    await context.host.request('host/copy', { text });
    said.textContent = confirmation;
    return false;
  };
  openDialog({
    title: fill(keys.createdTitle, visibleText(key.label, 80)),
    body: [
      el('p', { class: 'once' }, el('span', { class: 'codicon codicon-warning', 'aria-hidden': 'true' }), keys.once),
      el('code', { class: 'secret', tabindex: 0, 'aria-label': keys.secret }, secret),
      el('p', { class: 'hint' }, keys.snippetHint),
      el('pre', { class: 'snippet', tabindex: 0, 'aria-label': keys.copySnippet }, snippet),
      said,
    ],
    actions: [
      { label: keys.copyKey, icon: 'copy', run: () => copy(secret, keys.keyCopied) },
      { label: keys.copySnippet, icon: 'terminal', look: 'secondary', run: () => copy(snippet, keys.snippetCopied) },
    ],
    closeLabel: keys.done,
    onClosed,
  });
}
