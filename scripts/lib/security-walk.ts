import type { Workbench } from './workbench';

const resultTimeoutMs = 30_000;

/** Requests that only an attacker makes. Their patterns are enough for a block once the policy is enforced. */
const attackPaths = ['/.env', '/wp-login.php', '/.git/config', '/phpmyadmin'];

/** Makes an API key through the commands, with no limit but seven days, and answers its secret. */
export async function createKey(window: Workbench, label: string): Promise<string> {
  await window.runCommand('FLM: Create an API Key…');
  await window.answer('Who or what is the key for?', label);
  await window.pick('7 days');
  await window.acceptChoices('Which models may it use?');
  await window.pick('Create the Key');
  const copy = window.quickPickRow('Copy the Key');
  await copy.waitFor({ timeout: resultTimeoutMs });
  const secret = /flm-[\w-]+/.exec(await copy.innerText())?.[0];
  if (secret === undefined) throw new Error('The new key is not shown.');
  await window.pick('Done');
  await copy.waitFor({ state: 'hidden', timeout: resultTimeoutMs });
  return secret;
}

/** Puts a policy into effect as a person does: opens the document, replaces its text and saves it. */
export async function savePolicy(window: Workbench, policy: unknown): Promise<void> {
  const { page } = window;
  await window.runCommand('FLM: Edit the Security Policy');
  const tab = page.locator('.tab.active', { hasText: 'flm-security-policy.json' });
  await tab.waitFor({ timeout: resultTimeoutMs });
  const editor = page.locator('.editor-instance .monaco-editor');
  await editor.locator('.view-line').filter({ hasText: '"version"' }).waitFor({ timeout: resultTimeoutMs });
  await editor.locator('.view-line').first().click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(JSON.stringify(policy));
  // Behind the cursor are the brackets and quotes the editor closed by itself.
  await page.keyboard.press('ControlOrMeta+Shift+End');
  await page.keyboard.press('Delete');
  // A workbench in a browser may have saved it by itself already.
  await page.keyboard.press('ControlOrMeta+S');
  await page
    .locator('.tab.active.dirty')
    .waitFor({ state: 'detached', timeout: resultTimeoutMs })
    .catch(async (error: unknown) => {
      const notices = await window.notifications.allInnerTexts();
      throw new Error(`The policy could not be saved. ${notices.join(' ')}`, { cause: error });
    });
}

/** Attacks the proxy as `address`, which the policy must let a proxy on 127.0.0.1 tell of. */
export async function attack(origin: string, address: string): Promise<void> {
  for (const path of attackPaths) {
    const response = await fetch(`${origin}${path}`, {
      headers: { 'x-forwarded-for': address },
      signal: AbortSignal.timeout(resultTimeoutMs),
    });
    await response.body?.cancel();
  }
}
