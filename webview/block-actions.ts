import type { Block } from '../src/core/block';
import { fill, strings } from './boot';
import { el } from './dom';
import { explainBlock } from './explain';
import { formatLength } from './formats';
import type { PanelContext } from './panel-context';
import { openDialog } from './ui/dialog';
import { visibleText } from './visible-text';

const { actions } = strings;

/** What is done about an address from every tab alike: each says what it did and can be undone. */
export class BlockActions {
  readonly #context: PanelContext;
  /** Something changed that a list may show. */
  readonly #changed: () => void;

  constructor(context: PanelContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
  }

  async unblock(block: Block): Promise<void> {
    const { host } = this.#context;
    await this.#try(async () => {
      await host.request('blocks/remove', { range: block.range });
      this.#say(fill(actions.unblocked, visibleText(block.range)), async () => {
        await host.request('blocks/restore', { range: block.range });
      });
    });
  }

  /** `minutes` undefined: until lifted. */
  async block(range: string, minutes: number | undefined, reason?: string): Promise<void> {
    const { host } = this.#context;
    await this.#try(async () => {
      const block = await host.request('blocks/add', {
        range,
        ...(minutes === undefined ? {} : { expiresAt: Date.now() + minutes * 60_000 }),
        ...(reason === undefined ? {} : { reason }),
      });
      this.#say(fill(actions.blocked, visibleText(block.range)), async () => {
        await host.request('blocks/remove', { range: block.range });
      });
    });
  }

  async allow(range: string): Promise<void> {
    const { host } = this.#context;
    await this.#try(async () => {
      const entry = await host.request('allow/add', { range });
      this.#say(fill(actions.allowed, visibleText(entry.range)), async () => {
        await host.request('allow/remove', { range: entry.range });
      });
    });
  }

  /** Another end for a block; undefined: until lifted. Whoever made it and why stay as they are. */
  async change(block: Block, expiresAt: number | undefined): Promise<void> {
    const { host } = this.#context;
    const setEnd = async (end: number | undefined): Promise<void> => {
      await host.request('blocks/change', { range: block.range, expiresAt: end ?? null });
    };
    await this.#try(async () => {
      await setEnd(expiresAt);
      const text = visibleText(block.range);
      const said =
        expiresAt === undefined
          ? fill(actions.madePermanent, text)
          : fill(actions.extended, text, formatLength(expiresAt - Date.now()));
      this.#say(said, () => setEnd(block.expiresAt));
    });
  }

  /** Why, with what can be done about it. */
  explain(block: Block): void {
    const range = visibleText(block.range);
    openDialog({
      title: fill(strings.why.title, range),
      body: [
        explainBlock(block, this.#context.directory.policy),
        block.note !== undefined && el('p', { class: 'hint' }, visibleText(block.note, 500)),
      ],
      actions: [
        { label: actions.unblock, icon: 'unlock', run: () => this.unblock(block) },
        { label: actions.allowAlways, icon: 'pass', look: 'secondary', run: () => this.allow(block.range) },
      ],
      closeLabel: strings.common.close,
    });
  }

  #say(text: string, undo: () => Promise<void>): void {
    const run = (): void => {
      void this.#try(undo);
    };
    this.#context.notice.say(text, { label: actions.undo, run });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#context.notice.fail(error);
    }
    this.#changed();
  }
}
