import { writeFileSync } from 'node:fs';
import { commands, env, extensions, version } from 'vscode';
import type { ExtensionApi } from '../../../src/editor/extension-api';

const engineCount = 4;
const timeoutMs = 30_000;

/** Called by VS Code in its extension host. Leaves its measurements for `measureInHost`. */
export async function run(): Promise<void> {
  const extension = extensions.getExtension<ExtensionApi>('flm.flm');
  if (extension === undefined) throw new Error('The extension is not installed.');
  const { activationMs, activatedAt, gateway } = await extension.activate();
  // Detection waits until somebody looks.
  await commands.executeCommand('flm.engines.focus');
  const fullAt = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`No full tree within ${timeoutMs / 1000} s: ${JSON.stringify(gateway.status)}`));
    }, timeoutMs);
    const check = (): void => {
      const engines = gateway.status.state?.engines.engines ?? [];
      if (engines.filter(({ state, models }) => state === 'healthy' && models.length > 0).length < engineCount) return;
      clearTimeout(timer);
      subscription.dispose();
      resolve(Date.now());
    };
    const subscription = gateway.onDidChangeStatus(check);
    check();
  });
  const file = process.env.FLM_TEST_RESULT;
  if (file === undefined) throw new Error('FLM_TEST_RESULT is not set.');
  const host = `${env.appName} ${version}`;
  const result = { nonce: process.env.FLM_TEST_NONCE, activationMs, fullTreeMs: fullAt - activatedAt, host };
  writeFileSync(file, JSON.stringify(result));
}
