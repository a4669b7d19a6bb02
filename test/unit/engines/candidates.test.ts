import assert from 'node:assert/strict';
import { defaultConfig } from '../../../src/core/config';
import type { FlmConfig } from '../../../src/core/config-schema';
import { collectCandidates, type CandidateSources } from '../../../src/engines/candidates';

const collect = (config: Partial<FlmConfig> = {}, more: Partial<CandidateSources> = {}) =>
  collectCandidates({ config: { ...defaultConfig, ...config }, hints: [], ownPorts: [], ...more });
const urls = (...args: Parameters<typeof collect>) => collect(...args).map((candidate) => candidate.baseUrl);

describe('addresses to try', () => {
  it('are the usual ports on both loopback addresses when nothing is configured', () => {
    assert.deepEqual(
      new Set(urls()),
      new Set([11434, 8000, 1234, 8080].flatMap((port) => [`http://127.0.0.1:${port}`, `http://[::1]:${port}`])),
    );
  });

  it('are only the configured ones when detection is off', () => {
    assert.deepEqual(urls({ 'engines.detect': false, 'engines.addresses': [{ url: 'http://gpu:8000/v1' }] }), [
      'http://gpu:8000',
    ]);
  });

  it('begin with the configured ones, which win over every other source of the same address', () => {
    const [first] = collect(
      { 'engines.addresses': [{ url: 'http://127.0.0.1:11434/', name: 'Mine' }] },
      { hints: [{ baseUrl: 'http://127.0.0.1:11434', source: 'environment', detail: 'OLLAMA_HOST' }] },
    );

    assert.deepEqual([first?.source, first?.name, first?.isConfigured], ['configured', 'Mine', true]);
  });

  it('name the source a hint came from', () => {
    const found = collect({}, { hints: [{ baseUrl: 'http://box:1', source: 'environment', detail: 'OLLAMA_HOST' }] });

    assert.deepEqual(found.find((candidate) => candidate.baseUrl === 'http://box:1')?.detail, 'OLLAMA_HOST');
  });

  it('include extra ports even when detection is off', () => {
    assert.deepEqual(urls({ 'engines.detect': false, 'engines.extraPorts': [5000] }), [
      'http://127.0.0.1:5000',
      'http://[::1]:5000',
    ]);
  });

  it('group the two literals of localhost', () => {
    const found = collect({ 'engines.detect': false, 'engines.addresses': [{ url: 'localhost:9' }] });

    assert.deepEqual(
      found.map((candidate) => [candidate.baseUrl, candidate.group]),
      [
        ['http://127.0.0.1:9', 'http://localhost:9'],
        ['http://[::1]:9', 'http://localhost:9'],
      ],
    );
  });

  it("leave out FLM's own ports on this machine, and only there", () => {
    const config = {
      'engines.detect': false,
      'engines.addresses': [{ url: 'http://127.0.0.1:11435' }, { url: 'http://other:11435' }],
    };

    assert.deepEqual(urls(config, { ownPorts: [11435] }), ['http://other:11435']);
  });

  it('skip what is no address', () => {
    assert.deepEqual(urls({ 'engines.detect': false, 'engines.addresses': [{ url: 'not an address' }] }), []);
  });
});
