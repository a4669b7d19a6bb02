import { strings } from './boot';
import type { PanelContext } from './panel-context';

/** Puts a text on the clipboard through the host, and says what came of it. Never rejects. */
export async function copyText({ host, notice }: Pick<PanelContext, 'host' | 'notice'>, text: string): Promise<void> {
  try {
    await host.request('host/copy', { text });
    notice.say(strings.common.copied);
  } catch (error) {
    notice.fail(error);
  }
}
