import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { commands, env, extensions, version } from 'vscode';
import type { FlmApi } from '../../../src/compose';
import type { Engine } from '../../../src/core/engine';

const engineCount = 4;
const timeoutMs = 30_000;

/** Called by VS Code in its extension host. Leaves its measurements for `measureInHost`. */
export async function run(): Promise<void> {
  const extension = extensions.getExtension<FlmApi>('flm.flm');
  if (extension === undefined) throw new Error('The extension is not installed.');
  const flm = await extension.activate();
  await commands.executeCommand('flm.engines.focus');
  const deadline = Date.now() + timeoutMs;
  while (healthyEngines(flm).length < engineCount) {
    if (Date.now() > deadline) throw new Error(`No full tree within 30 s: ${JSON.stringify(flm.state)}`);
    await delay(20);
  }
  const file = process.env.FLM_TEST_RESULT;
  if (file === undefined) throw new Error('FLM_TEST_RESULT is not set.');
  const result = {
    nonce: process.env.FLM_TEST_NONCE,
    activationMs: flm.activation.mainThreadMs,
    // By the gateway's own clock, because this module runs only some time after activation.
    fullTreeMs: Math.max(...healthyEngines(flm).map(({ since }) => since)) - flm.activation.startedAt,
    host: `${env.appName} ${version}`,
  };
  writeFileSync(file, JSON.stringify(result));
}

function healthyEngines(flm: FlmApi): readonly Engine[] {
  const engines = flm.state?.engines.engines ?? [];
  return engines.filter(({ state, models }) => state === 'healthy' && models.length > 0);
}
