import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { defaultPolicy, parsePolicy } from '../../../../src/core/policy';
import { PolicyFile } from '../../../../src/editor/policy/policy-file';
import { english } from '../editor-facts';
import { FakeGateway } from '../fake-gateway';

/** A gateway with a policy, checked by the rules of the real one. */
function makeFile() {
  const state: { policy: unknown } = { policy: defaultPolicy };
  const gateway = new FakeGateway({
    'policy/get': () => ({ policy: state.policy, defaults: defaultPolicy }),
    'policy/set': ({ policy }) => {
      const result = parsePolicy(policy);
      if (result.ok) state.policy = result.policy;
      return result;
    },
  });
  return { state, file: new PolicyFile(gateway, english) };
}

describe('the security policy as a document', () => {
  it('is read as indented JSON, with what people look for first at the top', async () => {
    const { file } = makeFile();
    const { text } = await file.read();

    assert.match(text, /^\{\n {2}"version": 1,\n {2}"mode": "auto",\n {2}"services": \{/);
    assert.deepEqual(JSON.parse(text), defaultPolicy);
  });

  it('is put into effect when it is saved', async () => {
    const { file, state } = makeFile();
    const { text } = await file.read();

    await file.write(text.replace('"mode": "auto"', '"mode": "enforce"'));

    assert.equal((state.policy as { mode: string }).mode, 'enforce');
  });

  it('is refused as a whole with the bad field by name, and nothing changes', async () => {
    const { file, state } = makeFile();

    await assert.rejects(file.write('{"mode": "enforce", "rateLimits": {"slots": 0}}'), (error) => {
      return FlmError.is(error, 'config_invalid') && /rateLimits\.slots/.test(error.message);
    });
    assert.equal(state.policy, defaultPolicy);
  });

  it('is refused when it is no JSON, before the gateway is asked', async () => {
    const { file } = makeFile();

    await assert.rejects(file.write('{"mode": '), /not valid JSON, so nothing was changed/);
  });

  it('names three problems and counts the others', async () => {
    const { file } = makeFile();
    const bad = { a: 1, b: 1, c: 1, d: 1, e: 1 };

    await assert.rejects(file.set(bad), /a is not a field.*b is not a field.*c is not a field.*2 more/);
  });

  it('is of another time after somebody else changed it, and of the same while nobody does', async () => {
    const { file, state } = makeFile();
    const first = await file.read();
    const second = await file.read();
    state.policy = { ...defaultPolicy, mode: 'off' };
    const third = await file.read();

    assert.equal(second.mtime, first.mtime);
    assert.ok(third.mtime > second.mtime);
  });

  it('says when it reads otherwise than what was saved', async () => {
    const { file } = makeFile();
    const { text } = await file.read();

    assert.deepEqual(await file.write('{"mode": "enforce"}'), { isRewritten: true });
    assert.deepEqual(await file.write(text), { isRewritten: false });
  });

  it('keeps half a document that was saved by itself as a draft, and changes nothing', async () => {
    const { file, state } = makeFile();
    const before = await file.read();

    const { problem } = await file.write('{"mode": ', true);
    const after = await file.read();

    assert.match(problem ?? '', /not valid JSON/);
    assert.equal(after.text, '{"mode": ');
    assert.ok(after.mtime > before.mtime);
    assert.equal(state.policy, defaultPolicy);
    assert.deepEqual(JSON.parse((await file.readPolicy()).text), defaultPolicy);
  });

  it('keeps what the gateway refuses as a draft when it was saved by itself', async () => {
    const { file } = makeFile();

    const { problem } = await file.write('{"rateLimits": {"slots": 0}}', true);

    assert.match(problem ?? '', /rateLimits\.slots/);
  });

  it('is the policy again once the draft can be used', async () => {
    const { file, state } = makeFile();
    await file.write('{"mode": ', true);

    await file.write('{"mode": "enforce"}', true);

    assert.equal((state.policy as { mode: string }).mode, 'enforce');
    assert.deepEqual(JSON.parse((await file.read()).text), state.policy);
  });

  it('passes on that the gateway is away, however it was saved', async () => {
    const file = new PolicyFile(
      new FakeGateway({
        'policy/set': () => {
          throw new FlmError('gateway_stopping', 'gone');
        },
      }),
      english,
    );

    await assert.rejects(file.write('{}', true), (error) => FlmError.is(error, 'gateway_stopping'));
  });
});
