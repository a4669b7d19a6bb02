import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import type { MachineAddress } from '../../../../src/core/exposure';
import { paramsOf } from '../../../../src/editor/shares/share-draft';
import type { ShareQuestions } from '../../../../src/editor/shares/share-questions';
import { askForShare } from '../../../../src/editor/shares/share-steps';
import { english, now } from '../editor-facts';
import { FakeStepInput, type Answer } from '../fake-step-input';
import { dayMs } from '../security-facts';
import { hourMs, wifi } from './share-fixtures';

const models = [
  { pattern: 'ollama/*', label: 'Everything of Ollama' },
  { pattern: 'ollama/llama3.2:3b', label: 'ollama/llama3.2:3b' },
];

async function ask(answers: Answer[], over: Partial<ShareQuestions> = {}) {
  const input = new FakeStepInput(...answers);
  const draft = await askForShare({
    input,
    l10n: english,
    now,
    models,
    machine: [wifi],
    isUnencrypted: false,
    ...over,
  });
  assert.equal(input.left, 0);
  return { draft, params: paramsOf(draft, now), asked: input.asked };
}

const quickly: Answer[] = [{ type: 'lan' }, { tick: [] }, { tick: [] }, { pick: 'Modest' }, { pick: '1 week' }];

describe('the share wizard', () => {
  it('asks who, what, how much and until when', async () => {
    const { params, asked } = await ask([
      { pick: 'One Address' },
      { type: '192.168.1.7' },
      { type: ' Mia ' },
      { tick: ['ollama/llama3.2:3b'] },
      { tick: ['Chat and completions'] },
      { pick: 'Modest' },
      { pick: '1 hour' },
    ]);

    assert.deepEqual(params, {
      label: 'Mia',
      audience: { type: 'addresses', ranges: ['192.168.1.7'] },
      limits: {
        models: ['ollama/llama3.2:3b'],
        routes: ['/v1/chat/completions', '/v1/completions'],
        requestsPerMinute: 20,
        requestsPerDay: 200,
        concurrency: 1,
      },
      expiresAt: now + hourMs,
    });
    assert.deepEqual(
      asked.map(({ step }) => step),
      ['1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7'],
    );
  });

  it('suggests the audience as the name, so that one key is enough', async () => {
    const { asked } = await ask([{ pick: 'Your Network' }, ...quickly]);

    assert.equal(asked[1]!.suggestion, 'your network');
    assert.equal(asked.length, 6);
  });

  describe('with several networks', () => {
    const tailnet: MachineAddress = {
      address: '100.101.1.1',
      family: 4,
      interfaceName: 'tailscale0',
      range: '100.101.1.1',
      kind: 'shared',
    };
    const machine = [wifi, tailnet];

    it('shows them by name and takes those that were ticked', async () => {
      const { params, asked } = await ask([{ pick: 'Your Network' }, { tick: ['tailscale0'] }, ...quickly], {
        machine,
      });

      assert.deepEqual(params.audience, { type: 'lan', interfaces: ['tailscale0'] });
      assert.equal(asked[2]!.suggestion, 'your network (tailscale0)');
    });

    it('means every private network when none is ticked', async () => {
      const { params } = await ask([{ pick: 'Your Network' }, { tick: [] }, ...quickly], { machine });

      assert.deepEqual(params.audience, { type: 'lan' });
    });

    it('does not ask where the only network is private', async () => {
      const { asked } = await ask([{ pick: 'Your Network' }, ...quickly]);

      assert.ok(!asked.some(({ text }) => text.includes('Which networks')));
    });

    it('asks where the only network is not private', async () => {
      const { params } = await ask([{ pick: 'Your Network' }, { tick: ['tailscale0'] }, ...quickly], {
        machine: [tailnet],
      });

      assert.deepEqual(params.audience, { type: 'lan', interfaces: ['tailscale0'] });
    });
  });

  it('takes each limit by itself on demand, and none for an empty answer', async () => {
    const { params } = await ask([
      { pick: 'The Internet' },
      { type: 'x' },
      { tick: [] },
      { tick: [] },
      { pick: 'Set Each Limit' },
      { type: '30' },
      { type: '' },
      { type: '50,000' },
      { type: '2' },
      { pick: 'Until You Stop It' },
    ]);

    assert.deepEqual(params, {
      label: 'x',
      audience: { type: 'internet' },
      limits: { requestsPerMinute: 30, tokensPerDay: 50_000, concurrency: 2 },
    });
  });

  it('drops limits that were typed and then left aside', async () => {
    const { params } = await ask([
      { pick: 'Your Network' },
      { type: 'x' },
      { tick: [] },
      { tick: [] },
      { pick: 'Set Each Limit' },
      { type: '30' },
      'back',
      'back',
      { pick: 'No Limits' },
      { pick: '1 week' },
    ]);

    assert.deepEqual(params.limits, {});
    assert.equal(params.expiresAt, now + 7 * dayMs);
  });

  it('takes a last day', async () => {
    const { params } = await ask([
      { pick: 'This Machine' },
      { type: 'x' },
      { tick: [] },
      { tick: [] },
      { pick: 'No Limits' },
      { pick: 'Until a Day' },
      { type: '2027-01-31' },
    ]);

    assert.equal(params.expiresAt, new Date(2027, 0, 31, 23, 59, 59, 999).getTime());
  });

  it('asks how to protect connections where nothing does yet, suggesting encryption', async () => {
    const { draft, asked } = await ask([{ pick: 'Your Network' }, ...quickly, { pick: '$(lock) Encrypt' }], {
      isUnencrypted: true,
    });

    assert.equal(draft.encryption, 'self-signed');
    assert.match(asked.at(-1)!.suggestion, /Encrypt with a Certificate/);
  });

  it('leaves connections unencrypted only when somebody says so', async () => {
    const { draft } = await ask([{ pick: 'Your Network' }, ...quickly, { pick: '$(unlock) Do Not Encrypt' }], {
      isUnencrypted: true,
    });

    assert.equal(draft.encryption, 'plain');
  });

  for (const [what, answers] of [
    ['for this machine', [{ pick: 'This Machine' }, ...quickly]],
    ['for the loopback', [{ pick: 'One Address' }, { type: '127.0.0.1' }, ...quickly]],
  ] as const) {
    it(`does not ask about encryption ${what}`, async () => {
      const { asked } = await ask([...answers], { isUnencrypted: true });

      assert.ok(!asked.some(({ text }) => text.includes('encrypted')));
    });
  }

  it('goes back to every answer with what it was', async () => {
    const { asked, params } = await ask([
      { pick: 'One Address' },
      { type: '10.0.0.7' },
      'back',
      'back',
      { pick: 'One Address' },
      { type: '10.0.0.8' },
      { type: 'Mia' },
      ...quickly.slice(1),
    ]);

    assert.deepEqual(params.audience, { type: 'addresses', ranges: ['10.0.0.8'] });
    assert.ok(asked.some(({ suggestion }) => suggestion === '10.0.0.7'));
  });

  it('refuses what is no address', async () => {
    await assert.rejects(ask([{ pick: 'One Address' }, { type: '192.168.1.300' }]), /no IP address/);
  });

  it('makes nothing when it is dismissed half-way', async () => {
    await assert.rejects(ask([{ pick: 'Your Network' }, 'dismiss']), (error) => FlmError.is(error, 'cancelled'));
  });
});
