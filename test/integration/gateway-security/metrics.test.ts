import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { chat, HeadlessGateway } from '../../helpers/headless-gateway';
import { builtGateway } from '../gateway/built-gateway';

describe('metrics and receipts of a whole gateway', function () {
  this.timeout(60_000);
  let engine: OpenAiCompatibleSimulator;
  let gateway: HeadlessGateway;

  before(async () => {
    await builtGateway();
    engine = await startOpenAiCompatible({ models: ['small'] });
    gateway = await HeadlessGateway.start({ engineUrl: engine.url });
  });
  after(async () => {
    await gateway.dispose();
    await engine.stop();
  });

  const metrics = async (scope = {}) => {
    const { secret } = await gateway.createKey('Prometheus', { scope });
    return gateway.call('/metrics', { key: secret });
  };

  it('are told to a key whose scope allows the route, and to nobody else', async () => {
    const withoutKey = await gateway.call('/metrics');
    const outOfScope = await metrics({ routes: ['/v1/chat/completions'] });
    const allowed = await metrics({ routes: ['/metrics'] });

    assert.deepEqual([withoutKey.status, outOfScope.status, allowed.status], [401, 403, 200]);
  });

  it('know engines, blocks, throttling and what was asked', async () => {
    const answer = await gateway.call('/v1/chat/completions', { body: chat('sim/small', { stream: true }) });
    const { text } = await metrics();

    assert.match(answer.headers.get('x-flm-overhead-us') ?? '', /^\d+$/);
    const measured = await gateway.request('models/measurements', {});
    assert.deepEqual([measured.models[0]?.modelId, measured.overheadUs?.count], ['small', 1]);
    assert.match(text, /^flm_engine_state\{engine="sim",kind="openai",state="healthy"\} 1$/m);
    assert.match(text, /^flm_blocks 0$/m);
    assert.match(text, /^flm_throttle_level \d$/m);
    assert.match(text, /^flm_queue_length 0$/m);
    assert.match(text, /^flm_model_requests_total\{engine="sim",model="small",outcome="ok"\} [1-9]/m);
  });

  it('come with an API that Ollama’s official client speaks, key and all', async () => {
    const { secret } = await gateway.createKey('Ollama tool');
    const client = new Ollama({ host: gateway.url, headers: { authorization: `Bearer ${secret}` } });

    const { models } = await client.list();
    const { message } = await client.chat({ model: 'small:latest', messages: [{ role: 'user', content: 'Hi' }] });

    assert.deepEqual(
      models.map(({ name }) => name),
      ['sim/small'],
    );
    assert.notEqual(message.content, '');
  });
});
