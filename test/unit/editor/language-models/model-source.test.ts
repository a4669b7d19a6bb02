import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/core/emitter';
import type { Gateway, GatewayStatus } from '../../../../src/editor/gateway-port';
import { ModelSource } from '../../../../src/editor/language-models/model-source';
import { FakeClock } from '../../../helpers/fake-clock';
import { connected, english, makeEngine, makeModel, makeProxy } from '../editor-facts';

class FakeGateway implements Pick<Gateway, 'status' | 'onDidChangeStatus' | 'start'> {
  readonly #changed = new Emitter<GatewayStatus>();
  readonly onDidChangeStatus = this.#changed.event;
  status: GatewayStatus = { phase: 'idle' };
  starts = 0;

  start(): void {
    this.starts += 1;
    if (this.status.phase === 'idle') this.set({ phase: 'connecting' });
  }

  set(status: GatewayStatus): void {
    this.status = status;
    this.#changed.fire(status);
  }
}

function make({ wasUsed = false } = {}) {
  const gateway = new FakeGateway();
  const clock = new FakeClock();
  const settingsChanged = new Emitter<undefined>();
  const hidden: string[] = [];
  const settings = { strings: () => hidden, onDidChange: settingsChanged.event };
  const source = new ModelSource(gateway, settings, { wasUsed: () => wasUsed }, english, clock);
  source.start();
  let changes = 0;
  source.onDidChange(() => changes++);
  const list = (isSilent = true, signal = new AbortController().signal) => source.models(isSilent, signal);
  return { gateway, clock, source, list, hidden, settingsChanged, changes: () => changes };
}

const engines = [makeEngine()];

describe('models on offer', () => {
  it('are none, and start nothing, when VS Code asks by itself where FLM is not in use', async () => {
    const { gateway, list } = make();

    assert.deepEqual(await list(true), []);
    assert.equal(gateway.starts, 0);
  });

  it('are those of a gateway that is there', async () => {
    const { gateway, list } = make();
    gateway.set(connected({}, engines));

    assert.deepEqual(
      (await list(true)).map(({ id }) => id),
      ['ollama/llama3.2:3b'],
    );
  });

  it('are fetched by starting the gateway when the user asks', async () => {
    const { gateway, list } = make();

    const models = list(false);
    gateway.set(connected({}, engines));

    assert.equal((await models).length, 1);
    assert.equal(gateway.starts, 1);
  });

  it('are there again in the next window of somebody who used them', async () => {
    const { gateway, list } = make({ wasUsed: true });

    const models = list(true);
    gateway.set(connected({}, engines));

    assert.equal((await models).length, 1);
  });

  it('wait for the first round of detection', async () => {
    const { gateway, list } = make();
    const models = list(false);
    gateway.set(connected({ engines: { revision: 0, engines: [], isScanning: true } }));

    gateway.set(connected({}, engines));

    assert.equal((await models).length, 1);
  });

  it('do not keep anybody waiting who gave up, nor longer than ten seconds', async () => {
    const { clock, list } = make();
    const abort = new AbortController();

    const given = list(false, abort.signal);
    abort.abort();
    assert.deepEqual(await given, []);

    const late = list(false);
    clock.advance(10_000);
    assert.deepEqual(await late, []);
  });

  it('are none when the gateway cannot be started', async () => {
    const { gateway, list } = make();
    const models = list(false);

    gateway.set({ phase: 'failed' });

    assert.deepEqual(await models, []);
  });

  it('are told anew when an engine comes, and not for what does not concern them', async () => {
    const { gateway, changes } = make();

    const first = connected({}, engines);
    gateway.set(first);
    assert.equal(changes(), 1);

    gateway.set({ ...first, state: { ...first.state!, proxy: makeProxy({ inFlight: 3 }) } });
    gateway.set(connected({}, [makeEngine({ latencyMs: 99 })]));
    assert.equal(changes(), 1);

    gateway.set(connected({}, [makeEngine({ models: [makeModel({ contextLoaded: 2048 })] })]));
    assert.equal(changes(), 2);
  });

  it('are told anew when an engine is hidden', () => {
    const { gateway, hidden, settingsChanged, changes } = make();
    gateway.set(connected({}, engines));

    hidden.push('ollama');
    settingsChanged.fire(undefined);

    assert.equal(changes(), 2);
  });

  it('are told no more after the end', () => {
    const { gateway, source, changes } = make();

    source.dispose();
    gateway.set(connected({}, engines));

    assert.equal(changes(), 0);
  });
});
