import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';

const openTimeoutMs = 60_000;
const actionTimeoutMs = 30_000;
const paletteTimeoutMs = 5_000;
/** From one question of a command to the next; the gateway may have to be asked in between. */
const stepTimeoutMs = 30_000;
/** The save dialog closes within this, or it did not take the path. */
const saveTimeoutMs = 3_000;

/** A page with a VS Code workbench in it, driven as a person would. Selectors hold for VS Code 1.139. */
export class Workbench {
  private constructor(readonly page: Page) {}

  /** Opens a page and resolves when the workbench has its status bar. */
  static async open(context: BrowserContext, url: string): Promise<Workbench> {
    const page = await context.newPage();
    page.setDefaultTimeout(actionTimeoutMs);
    await page.goto(url, { timeout: openTimeoutMs });
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: openTimeoutMs });
    return new Workbench(page);
  }

  /** Shows a view container by its title in the activity bar. */
  async showContainer(title: string): Promise<void> {
    const item = this.page.locator(`.activitybar a[aria-label^="${title}"]`);
    await item.waitFor({ timeout: openTimeoutMs });
    // Clicking the shown container again would hide it.
    const isShown = await this.page.locator(`.activitybar .action-item.checked a[aria-label^="${title}"]`).count();
    if (isShown === 0) await item.click();
  }

  /** Rows of the trees of the sidebar whose text holds `text`. */
  row(text: string | RegExp): Locator {
    return this.page.locator('.sidebar .pane-body [role=treeitem]').filter({ hasText: text });
  }

  /** The items of the status bar whose text holds `text`. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** Runs a command by its title, through the palette. */
  async runCommand(title: string): Promise<void> {
    const deadline = Date.now() + openTimeoutMs;
    // A view that takes the focus while the window settles closes the palette: then it is opened again.
    while (!(await this.#choose(title))) {
      if (Date.now() > deadline) throw new Error(`The palette offers no ${title}.`);
    }
  }

  async #choose(title: string): Promise<boolean> {
    try {
      await this.page.keyboard.press('F1');
      const options = this.page.locator('.quick-input-list [role=option]');
      // The palette fills itself once: what is typed before that is lost.
      await options.first().waitFor({ timeout: paletteTimeoutMs });
      await this.page.locator('.quick-input-widget input').fill(`>${title}`, { timeout: paletteTimeoutMs });
      // Exactly this title: a longer one that begins alike comes first when it was used lately.
      const labels = [`="${title}"`, `^="${title}, "`].map((label) => `[role=option][aria-label${label}]`);
      const option = this.page.locator(labels.join(', '));
      await option.first().click({ timeout: paletteTimeoutMs });
      return true;
    } catch {
      await this.page.keyboard.press('Escape');
      return false;
    }
  }

  /** Chooses a row of the list that a command shows; waits for the row, so that the list before it is not taken for it. */
  async pick(text: string | RegExp): Promise<void> {
    await this.quickPickRow(text).first().click({ timeout: stepTimeoutMs });
  }

  /** Runs a command by its title with nothing but the keyboard. */
  async typeCommand(title: string): Promise<void> {
    const { keyboard } = this.page;
    await keyboard.press('F1');
    await this.quickPickRow('').first().waitFor({ timeout: stepTimeoutMs });
    await keyboard.type(title);
    await this.#focusedRow(title).waitFor({ timeout: stepTimeoutMs });
    await keyboard.press('Enter');
  }

  /** As {@link pick}, with nothing but the keyboard: types `text` until its row has the focus. */
  async typeChoice(text: string): Promise<void> {
    await this.quickPickRow(text).first().waitFor({ timeout: stepTimeoutMs });
    await this.page.keyboard.type(text);
    await this.#focusedRow(text).waitFor({ timeout: stepTimeoutMs });
    await this.page.keyboard.press('Enter');
  }

  /** As {@link answer}, with nothing but the keyboard. */
  async typeAnswer(prompt: string, text: string): Promise<void> {
    const message = this.page.locator('.quick-input-widget .quick-input-message').filter({ hasText: prompt });
    await message.waitFor({ timeout: stepTimeoutMs });
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** Ticks the row of several choices with nothing but the keyboard, and accepts. */
  async typeTick(placeholder: string, text: string): Promise<void> {
    const input = this.page.locator(`.quick-input-widget input[placeholder^="${placeholder}"]`);
    await input.waitFor({ timeout: stepTimeoutMs });
    const { keyboard } = this.page;
    await keyboard.type(text);
    await keyboard.press('ArrowDown');
    await this.#focusedRow(text).waitFor({ timeout: stepTimeoutMs });
    await keyboard.press('Space');
    await this.#focusedRow(text).locator('[aria-checked="true"]').waitFor({ timeout: stepTimeoutMs });
    await keyboard.press('Enter');
  }

  #focusedRow(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: text }).first();
  }

  /** Rows of the list that a command shows. */
  quickPickRow(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-list [role=option]').filter({ hasText: text });
  }

  /** Answers the question of a command that says `prompt` in a text box. */
  async answer(prompt: string, text: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    await widget.locator('.quick-input-message').filter({ hasText: prompt }).waitFor({ timeout: stepTimeoutMs });
    await widget.locator('input.input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Which of these questions is asked now, a list by its placeholder or a text by its prompt. */
  async questionAmong<Q extends string>(...questions: readonly Q[]): Promise<Q> {
    const widget = this.page.locator('.quick-input-widget');
    return Promise.any(
      questions.map(async (question) => {
        const list = widget.locator(`input[placeholder^="${question}"]`);
        const prompt = widget.locator('.quick-input-message').filter({ hasText: question });
        await list.or(prompt).first().waitFor({ timeout: stepTimeoutMs });
        return question;
      }),
    );
  }

  /** Accepts the list of several choices whose placeholder begins with `placeholder`, as it is. */
  async acceptChoices(placeholder: string): Promise<void> {
    const input = this.page.locator(`.quick-input-widget input[placeholder^="${placeholder}"]`);
    await input.waitFor({ timeout: stepTimeoutMs });
    await input.press('Enter');
  }

  /** Saves to a path of the machine that serves the window, in the dialog a command opened. */
  async saveAs(path: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    await widget.locator('.monaco-button').filter({ hasText: 'OK' }).waitFor({ timeout: stepTimeoutMs });
    const input = widget.locator('input.input');
    const deadline = Date.now() + stepTimeoutMs;
    // The dialog shows its folder at once, and adds the proposed name when it has read the folder. What is typed before that
    // is lost, and OK would save under the proposed name.
    while (/(^|[\\/])$/.test(await input.inputValue({ timeout: stepTimeoutMs }))) {
      if (Date.now() > deadline) throw new Error(`The save dialog proposes no name within ${stepTimeoutMs / 1000} s.`);
      await this.page.waitForTimeout(20);
    }
    do {
      if (Date.now() > deadline) throw new Error(`The save dialog does not take ${path}.`);
      await input.fill(path);
      if ((await input.inputValue({ timeout: stepTimeoutMs })) !== path) continue;
      await widget.locator('.monaco-button').filter({ hasText: 'OK' }).click({ timeout: stepTimeoutMs });
    } while (!(await isHidden(input)));
  }

  /** The modal in front. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** What a webview of the window shows; there must be one only. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** Closes every editor, and resolves when their tabs and webviews are gone. */
  async closeEditors(): Promise<void> {
    await this.runCommand('View: Close All Editors');
    const left = this.page.locator('.editor-group-container .tab, iframe.webview');
    await left.first().waitFor({ state: 'detached', timeout: stepTimeoutMs });
  }

  /** Drags the sidebar's edge. */
  async resizeSidebar(width: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('There is no sidebar.');
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, y, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Toasts shown now. */
  get notifications(): Locator {
    return this.page.locator('.notification-toast .notification-list-item-message');
  }

  async screenshot(path: string, locator?: Locator): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    await (locator ?? this.page).screenshot({ path });
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}

async function isHidden(locator: Locator): Promise<boolean> {
  return locator.waitFor({ state: 'hidden', timeout: saveTimeoutMs }).then(
    () => true,
    () => false,
  );
}
