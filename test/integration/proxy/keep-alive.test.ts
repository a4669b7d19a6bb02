import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { startProxy, type Harness } from '../../helpers/proxy-harness';

describe('connections of clients', () => {
  let harness: Harness;
  let agent: Agent;

  beforeEach(async () => {
    harness = await startProxy();
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });
  afterEach(async () => {
    agent.destroy();
    await harness.stop();
  });

  function post(body: string): Promise<{ status: number | undefined; localPort: number | undefined }> {
    return new Promise((resolve, reject) => {
      const req = request(
        `${harness.url}/v1/chat/completions`,
        { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': body.length } },
        (res) => {
          const { localPort } = res.socket;
          res.resume().once('end', () => resolve({ status: res.statusCode, localPort }));
        },
      );
      req.once('error', reject).end(body);
    });
  }

  it('stay open after an error about a body that was read whole', async () => {
    const first = await post('{"model": "no/such", "messages": []}');
    const second = await post('{"model": ');

    assert.deepEqual([first.status, second.status], [404, 400]);
    assert.equal(second.localPort, first.localPort);
  });
});
