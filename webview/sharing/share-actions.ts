import type { ShareView } from '../../src/core/share';
import type { PanelCommand } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { el } from '../dom';
import { formatLength } from '../formats';
import type { PanelContext } from '../panel-context';
import { showSecret } from '../tabs/key-secret';
import { dropdown } from '../ui/controls';
import { openDialog } from '../ui/dialog';
import { visibleText } from '../visible-text';

const { sharing } = strings;
const graceMinutes = 60;
const hourMs = 3_600_000;

const lengths = [
  { value: '1', label: strings.durations.hour },
  { value: '24', label: strings.durations.day },
  { value: '168', label: strings.durations.week },
  { value: '720', label: strings.durations.month },
  { value: '', label: sharing.noEnd },
] as const;

/** What can be done about sharing: each says what it did. What needs more than one answer is asked by VS Code. */
export class ShareActions {
  readonly #context: PanelContext;

  constructor(context: PanelContext) {
    this.#context = context;
  }

  /** Runs one of FLM's own dialogues. */
  run(command: PanelCommand, share?: ShareView): void {
    void this.#try(() =>
      this.#context.host.request('host/run', { command, ...(share === undefined ? {} : { share: share.id }) }),
    );
  }

  /** Back to this machine, at once: asking first would leave the door open. */
  close(): Promise<void> {
    return this.#try(async () => {
      await this.#context.host.request('exposure/close', {});
      this.#context.notice.say(sharing.stopped);
    });
  }

  end(share: ShareView): Promise<void> {
    return this.#try(async () => {
      await this.#context.host.request('shares/end', { id: share.id });
      this.#context.notice.say(fill(sharing.ended, labelOf(share)));
    });
  }

  extend(share: ShareView): void {
    const begin = Math.max(share.expiresAt ?? 0, Date.now());
    let hours = '24';
    const length = dropdown(strings.blocklist.longerBy, lengths, hours, (value) => (hours = value));
    openDialog({
      title: fill(sharing.extendTitle, labelOf(share)),
      body: [length.element],
      actions: [
        {
          label: sharing.extend,
          run: () => this.#changeEnd(share, hours === '' ? null : begin + Number(hours) * hourMs),
        },
      ],
    });
  }

  rotate(share: ShareView, onClosed: () => void): void {
    openDialog({
      title: fill(sharing.rotateTitle, labelOf(share)),
      body: [el('p', {}, fill(sharing.rotateText, graceMinutes))],
      actions: [
        {
          label: sharing.rotate,
          run: async () => {
            const { key, endpoints } = await this.#context.host.request('shares/rotate', {
              id: share.id,
              graceMinutes,
            });
            // After this dialog has gone: one modal at a time.
            window.setTimeout(() => showSecret(this.#context, key, onClosed, endpoints));
          },
        },
      ],
    });
  }

  async #changeEnd(share: ShareView, expiresAt: number | null): Promise<void> {
    const { host, notice } = this.#context;
    await host.request('shares/change', { id: share.id, expiresAt });
    const text =
      expiresAt === null
        ? fill(sharing.madeEndless, labelOf(share))
        : fill(sharing.extended, labelOf(share), formatLength(expiresAt - Date.now()));
    notice.say(text, {
      label: strings.actions.undo,
      run: () =>
        void this.#try(() => host.request('shares/change', { id: share.id, expiresAt: share.expiresAt ?? null })),
    });
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#context.notice.fail(error);
    }
  }
}

/** What people call a share. */
export function labelOf({ label, id }: ShareView): string {
  return visibleText(label === '' ? id : label, 80);
}
