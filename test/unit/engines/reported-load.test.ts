import assert from 'node:assert/strict';
import type { ProbeAnswer, ProbeSession } from '../../../src/engines/probe';
import {
  askLoad,
  gaugeOf,
  llamaLoadSources,
  parseLlamaMetrics,
  parseLlamaSlots,
  parseVllmLoad,
} from '../../../src/engines/reported-load';
import { parseJson } from '../../../src/engines/json';
import { readRecording } from '../../helpers/engines/recording';

const vllm = `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="Qwen/Qwen3-8B"} 3.0
vllm:num_requests_running{engine="1",model_name="Qwen/Qwen3-8B"} 1.0
vllm:num_requests_waiting{engine="0",model_name="a } b"} 2.0
vllm:num_requests_waiting_by_reason{engine="0"} 9.0
`;

function sessionOf(answers: Readonly<Record<string, { status: number; body: string }>>, wantsLoad = true) {
  const asked: string[] = [];
  const session: ProbeSession = {
    baseUrl: 'http://127.0.0.1:9',
    hasKey: false,
    wantsLoad,
    get: (path): Promise<ProbeAnswer> => {
      asked.push(path);
      const { status, body } = answers[path] ?? { status: 404, body: '' };
      return Promise.resolve({ ok: true, status, body, headers: {}, latencyMs: 1 });
    },
    post: () => assert.fail('posts'),
    memo: new Map(),
    now: () => 0,
    remainingMs: () => 1000,
  };
  return { asked, session };
}

describe('how busy an engine says it is', () => {
  it('is the sum over vLLM’s engines and models', () => {
    assert.deepEqual(parseVllmLoad(vllm), { running: 4, waiting: 2 });
  });

  it('is read from llama-server’s metrics and from its slots', () => {
    assert.deepEqual(parseLlamaMetrics(readRecording('metrics').body), { running: 0, waiting: 0 });
    assert.deepEqual(parseLlamaSlots(parseJson(readRecording('slots').body)), { running: 0, waiting: 0 });
    assert.deepEqual(parseLlamaSlots([{ is_processing: true }, { is_processing: false }]), { running: 1, waiting: 0 });
  });

  it('is unknown where it does not say', () => {
    for (const body of [undefined, {}, [1], [{}], 'x']) assert.equal(parseLlamaSlots(body), undefined);
    for (const text of ['', '<html>', 'vllm:num_requests_running NaN', 'vllm:num_requests_running']) {
      assert.equal(parseVllmLoad(text), undefined);
    }
    assert.equal(gaugeOf('a -1\na 2 1700000000\n', 'a'), 2);
  });

  it('is asked of the first source that the engine has, found out once (scenario 18)', async () => {
    const { asked, session } = sessionOf({
      '/metrics': { status: 501, body: '{}' },
      '/slots': { status: 200, body: '[{"is_processing":true}]' },
    });

    assert.deepEqual(await askLoad(session, llamaLoadSources), { running: 1, waiting: 0 });
    assert.deepEqual(await askLoad(session, llamaLoadSources), { running: 1, waiting: 0 });

    assert.deepEqual(asked, ['/metrics', '/slots', '/slots']);
  });

  it('is not asked for again where it has none', async () => {
    const { asked, session } = sessionOf({});
    await askLoad(session, llamaLoadSources);

    assert.equal(await askLoad(session, llamaLoadSources), undefined);

    assert.deepEqual(asked, ['/metrics', '/slots']);
  });

  it('is not asked for where requests are not shared out', async () => {
    const { asked, session } = sessionOf({}, false);

    assert.equal(await askLoad(session, llamaLoadSources), undefined);

    assert.deepEqual(asked, []);
  });
});
