import assert from 'node:assert/strict';
import { parseConfig } from '../../../src/core/config';
import type { Model } from '../../../src/core/model';
import { collectCandidates } from '../../../src/engines/candidates';
import { withDeclared } from '../../../src/engines/declared-capabilities';

const chat: Model = { id: 'a', capabilities: ['chat', 'completion', 'vision'] };
const embedding: Model = { id: 'b', capabilities: ['embeddings'] };

describe('What the settings say that models can do', () => {
  it('is added to chat models, and marked where the engine has not said it', () => {
    assert.deepEqual(withDeclared([chat, embedding], ['tools', 'vision']), [
      { id: 'a', capabilities: ['chat', 'completion', 'vision', 'tools'], declared: ['tools'] },
      embedding,
    ]);
  });

  it('leaves the list alone where they say nothing', () => {
    const models = [chat];

    assert.equal(withDeclared(models), models);
    assert.equal(withDeclared(models, []), models);
  });

  it('gives the same list while neither changes, and another when one does', () => {
    const models = [chat];
    const first = withDeclared(models, ['tools']);

    assert.equal(withDeclared(models, ['tools']), first);
    assert.notEqual(withDeclared(models, ['tools', 'thinking']), first);
    assert.notEqual(withDeclared([chat], ['tools']), first);
  });

  it('comes from flm.engines.addresses, which takes no others', () => {
    const address = { url: 'http://gpu-box:9000', capabilities: ['tools'] };
    const { config, problems } = parseConfig({ 'engines.addresses': [address] });
    const candidates = collectCandidates({ config, hints: [], ownPorts: [] });

    assert.deepEqual(problems, []);
    assert.deepEqual(candidates.find(({ baseUrl }) => baseUrl === 'http://gpu-box:9000')?.capabilities, ['tools']);
    const wrong = parseConfig({ 'engines.addresses': [{ ...address, capabilities: ['chat'] }] });
    assert.equal(wrong.problems.length, 1);
  });
});
