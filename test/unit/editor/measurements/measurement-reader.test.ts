import assert from 'node:assert/strict';
import type { Measurements } from '../../../../src/core/measurements';
import { MeasurementReader } from '../../../../src/editor/measurements/measurement-reader';
import { FakeClock } from '../../../helpers/fake-clock';
import { FakeGateway } from '../fake-gateway';

const measurements: Measurements = { models: [{ engineId: 'ollama', modelId: 'qwen3:8b', requests: 3 }] };

describe('MeasurementReader', () => {
  it('finds the measurement of a model', async () => {
    const reader = new MeasurementReader(
      new FakeGateway({ 'models/measurements': () => measurements }),
      new FakeClock(),
    );

    assert.equal((await reader.ofModel('ollama', 'qwen3:8b'))?.requests, 3);
    assert.equal(await reader.ofModel('ollama', 'other'), undefined);
  });

  it('asks once for a row of tooltips, and again later', async () => {
    const gateway = new FakeGateway({ 'models/measurements': () => measurements });
    const clock = new FakeClock();
    const reader = new MeasurementReader(gateway, clock);

    await Promise.all([reader.read(), reader.read(), reader.read()]);
    const first = gateway.asked.length;
    clock.advance(2001);
    await reader.read();

    assert.deepEqual([first, gateway.asked.length], [1, 2]);
  });

  it('answers nothing when the gateway fails, is silent, or is not there', async () => {
    const clock = new FakeClock();
    const failing = new MeasurementReader(new FakeGateway(), clock);
    const silent = new MeasurementReader(
      new FakeGateway({ 'models/measurements': () => new Promise<never>(() => undefined) }),
      clock,
    );
    const absent = new FakeGateway({ 'models/measurements': () => measurements });
    absent.status = { phase: 'idle' };

    const waiting = silent.read();
    clock.advance(500);

    assert.deepEqual(
      [await failing.read(), await waiting, await new MeasurementReader(absent, clock).read()],
      [undefined, undefined, undefined],
    );
    assert.deepEqual(absent.asked, []);
  });
});
