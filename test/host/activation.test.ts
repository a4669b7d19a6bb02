import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { api, extension } from './support';

describe('activation', () => {
  it('needs nobody to ask for it', async () => {
    const deadline = Date.now() + 30_000;
    while (!extension().isActive && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));

    assert.equal(extension().isActive, true);
  });

  it('registers every command of package.json', async () => {
    await api();

    const registered = new Set(await commands.getCommands(true));
    const { contributes } = extension().packageJSON as { contributes: { commands: readonly { command: string }[] } };
    const contributed = contributes.commands;
    assert.ok(contributed.length > 0);
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('measures its own work on the main thread', async () => {
    const { activation } = await api();

    assert.ok(activation.mainThreadMs > 0 && activation.startedAt <= Date.now(), JSON.stringify(activation));
  });
});
