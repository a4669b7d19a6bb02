import assert from 'node:assert/strict';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { commands, Uri, window, workspace } from 'vscode';
import { freePort } from '../../scripts/lib/free-port';
import { client, configure, enginesAt, execute, starters, startProxy, stopProxy } from './support';

const timeoutMs = 20_000;

async function until<T>(what: string, find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within 20 s`);
    await delay(50);
  }
}

/** Accepts the first choice of every list until the command is done; VS Code has no event for a list. */
async function acceptUntil(done: Promise<void>): Promise<void> {
  const state = { isDone: false };
  const ended = done.finally(() => (state.isDone = true));
  for (let tries = 0; !state.isDone && tries < 250; tries++) {
    await delay(200);
    await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
  await ended;
}

describe('setting up another tool', () => {
  let simulator: Awaited<ReturnType<typeof starters.ollama>>;
  let file: string;

  before(async () => {
    await commands.executeCommand('flm.engines.focus');
    await configure('proxy.port', await freePort());
    const folder = workspace.workspaceFolders?.[0];
    assert.ok(folder);
    file = Uri.joinPath(folder.uri, '.env').fsPath;
    simulator = await starters.ollama();
    await configure('engines.addresses', [{ url: simulator.url }]);
    await enginesAt([simulator.url]);
  });
  after(async () => {
    await stopProxy();
    await configure('engines.addresses', undefined);
    await configure('proxy.port', undefined);
    await simulator.stop();
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('shows the difference, writes the file with a key that works, and takes both back', async () => {
    const before = '# mine\nA=1\n';
    await writeFile(file, before);
    const endpoint = await startProxy();

    await acceptUntil(execute('flm.tools.setUpOpenAiSdk'));

    assert.ok(window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes('.env'))));
    const text = await readFile(file, 'utf8');
    assert.ok(text.startsWith(before));
    assert.match(text, new RegExp(`^OPENAI_BASE_URL=${endpoint.replaceAll('.', '\\.')}$`, 'm'));
    const key = /^OPENAI_API_KEY=(flm-\S+)$/m.exec(text)?.[1];
    assert.ok(key);
    const backups = async () =>
      (await readdir(workspace.workspaceFolders![0]!.uri.fsPath)).filter((name) => name.startsWith('.env.flm-backup-'));
    assert.equal((await backups()).length, 1);
    const openai = client(endpoint);
    openai.apiKey = key;
    const models = await openai.models.list();
    assert.ok(models.data.length > 0);

    await acceptUntil(execute('flm.tools.undo'));

    assert.equal(
      await until('the file is back', async () => ((await readFile(file, 'utf8')) === before ? before : undefined)),
      before,
    );
    assert.deepEqual(await backups(), []);
    await assert.rejects(Promise.resolve(openai.models.list()), /401/);
  });

  it('leaves a file alone that was changed since', async () => {
    await writeFile(file, 'A=1\n');
    await startProxy();
    await acceptUntil(execute('flm.tools.setUpOpenAiSdk'));
    const text = `${await readFile(file, 'utf8')}B=2\n`;
    await writeFile(file, text);

    await acceptUntil(execute('flm.tools.undo'));

    assert.equal(await readFile(file, 'utf8'), text);
    await access(file);
  });
});
