import type { CreatedKey } from '../../src/core/api-key';
import type { Endpoint } from '../../src/core/exposure';
import { fill, strings } from '../boot';
import { el, put } from '../dom';
import type { PanelContext } from '../panel-context';
import { button, dropdown } from '../ui/controls';
import { openDialog } from '../ui/dialog';
import { qrFigure } from '../ui/qr';
import { visibleText } from '../visible-text';

const { keys, qr } = strings;
const localUrl = 'http://127.0.0.1:11435/v1';
/** What somebody with a key most likely reaches. */
const preference: readonly Endpoint['from'][] = ['domain', 'network', 'machine'];

/**
 * The only view of a key. It lives in this dialog alone: not in the page's memory, not in any list.
 *
 * @param endpoints ways to the proxy; default: all there are
 */
export function showSecret(
  context: PanelContext,
  { key, secret }: CreatedKey,
  onClosed: () => void,
  endpoints: readonly Endpoint[] = context.state?.endpoints ?? [],
): void {
  const urls = endpoints
    .toSorted((a, b) => preference.indexOf(a.from) - preference.indexOf(b.from))
    .map((endpoint) => endpoint.url);
  let url = urls[0] ?? localUrl;
  const snippetOf = (): string => `OPENAI_BASE_URL=${url}\nOPENAI_API_KEY=${secret}\n`;
  const snippet = el('pre', { class: 'snippet', tabindex: 0, 'aria-label': keys.copySnippet }, snippetOf());
  const code = el('div', { class: 'qr-place' });
  const said = el('p', { class: 'hint', role: 'status' });
  const copy = async (text: string, confirmation: string): Promise<false> => {
    await context.host.request('host/copy', { text });
    said.textContent = confirmation;
    return false;
  };
  const drawCode = (): void => put(code, qrFigure(snippetOf()));
  const choose = dropdown(
    qr.endpoint,
    urls.map((value) => ({ value, label: value })),
    url,
    (value) => {
      url = value;
      snippet.textContent = snippetOf();
      if (code.hasChildNodes()) drawCode();
    },
  );
  const show = button(qr.show, {
    icon: 'device-mobile',
    onClick: () => {
      show.remove();
      drawCode();
      snippet.focus();
    },
  });
  openDialog({
    title: fill(keys.createdTitle, visibleText(key.label, 80)),
    body: [
      el('p', { class: 'once' }, el('span', { class: 'codicon codicon-warning', 'aria-hidden': 'true' }), keys.once),
      el('code', { class: 'secret', tabindex: 0, 'aria-label': keys.secret }, secret),
      urls.length > 1 && choose.element,
      el('p', { class: 'hint' }, keys.snippetHint),
      snippet,
      show,
      code,
      said,
    ],
    actions: [
      { label: keys.copyKey, icon: 'copy', run: () => copy(secret, keys.keyCopied) },
      {
        label: keys.copySnippet,
        icon: 'terminal',
        look: 'secondary',
        run: () => copy(snippetOf(), keys.snippetCopied),
      },
    ],
    closeLabel: keys.done,
    onClosed,
  });
}
