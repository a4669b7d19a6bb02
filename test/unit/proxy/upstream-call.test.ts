import assert from 'node:assert/strict';
import type { EnginePool, EnginePools } from '../../../src/proxy/engine-pools';
import { UpstreamCall, type UpstreamListener } from '../../../src/proxy/upstream-call';

describe('A call of an engine', () => {
  it('fails when its answer cannot be told, rather than leaving the client waiting', () => {
    const heard: string[] = [];
    const listener: UpstreamListener = {
      head: () => heard.push('head'),
      chunk: () => heard.push('chunk'),
      end: () => {
        throw new RangeError('too deep');
      },
      failed: (error) => heard.push(String(error)),
    };
    const pool = { lastAnswerAt: 0 } as unknown as EnginePool;
    const request = { path: '/', headers: [], body: Buffer.alloc(0), firstByteMs: 1, idleMs: 1 };
    const call = new UpstreamCall({} as unknown as EnginePools, pool, request, listener, () => 0);

    call.onResponseStart({} as never, 200, {});
    call.onResponseEnd();

    assert.deepEqual(heard, ['head', 'RangeError: too deep']);
    assert.equal(call.isUnderWay, false);
  });
});
