import assert from 'node:assert/strict';
import type { CatalogEntry } from '../../../../src/core/catalog';
import { engineKinds, type EngineKind } from '../../../../src/core/engine';
import type { Model } from '../../../../src/core/model';
import { reason } from '../../../../src/core/reason';
import { planRepairs } from '../../../../src/proxy/repairs/repair-plan';
import { repairNames, repairs, repairsFor } from '../../../../src/proxy/repairs/repair-table';
import { inferenceRoutes, type InferenceRoute } from '../../../../src/proxy/route-table';
import { bodyOf } from './support';

function entry(kind: EngineKind, more: Partial<Model> = {}): CatalogEntry {
  const model: Model = { id: 'm', capabilities: ['chat'], ...more };
  const engine = {
    id: 'e',
    kind,
    name: 'E',
    baseUrl: 'http://127.0.0.1:1',
    source: 'configured',
    state: 'healthy',
    reason: reason('engine.healthy', 1),
    since: 0,
    failures: 0,
    models: [model],
    isStale: false,
    isRemote: false,
  } as const;
  return { id: 'e/m', engine, model };
}

const chat: InferenceRoute = '/v1/chat/completions';
interface Setup {
  readonly route?: InferenceRoute;
  readonly disabled?: readonly string[];
  readonly model?: Partial<Model>;
}

const plan = (kind: EngineKind, body: object | string, { route = chat, disabled = [], model = {} }: Setup = {}) =>
  planRepairs(entry(kind, model), route, bodyOf(body), disabled, 'req_x');

function planned(...args: Parameters<typeof plan>) {
  const result = plan(...args);
  assert.ok(result.ok);
  return result;
}

describe('the table of repairs', () => {
  it('names each repair once, in words for a header and a setting', () => {
    assert.equal(new Set(repairNames).size, repairs.length);
    for (const name of repairNames) assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('gives every repair something to do', () => {
    for (const repair of repairs) {
      assert.ok(repair.request ?? repair.chunks ?? repair.whole ?? repair.warn, repair.name);
      assert.ok(repair.kinds.length > 0 && repair.routes.length > 0, repair.name);
    }
  });

  it('arms no repair of a stream for servers of no known kind', () => {
    for (const route of inferenceRoutes) {
      assert.ok(repairsFor('openai', undefined, route, []).every(({ chunks }) => chunks === undefined));
    }
  });

  it('arms nothing that is switched off', () => {
    for (const kind of engineKinds) {
      for (const route of inferenceRoutes) assert.deepEqual(repairsFor(kind, undefined, route, repairNames), []);
    }
  });
});

describe('planRepairs', () => {
  it('passes the very bytes of a request that needs nothing', () => {
    const body = bodyOf('{ "model":"m", "x":1.0 }');

    const result = planRepairs(entry('openai'), chat, body, [], 'req_x');

    assert.ok(result.ok);
    assert.equal(result.body, body.bytes);
    assert.equal(result.plan.stream(), undefined);
    assert.deepEqual(result.plan.headers([]), []);
  });

  it('writes the engine’s model id together with the repairs', () => {
    const { body, plan: made } = planned(
      'vllm',
      '{"model":"e/m","tools":[],"stream_options":{},"seed":12345678901234567890}',
    );

    assert.equal(body.toString(), '{"model":"m","seed":12345678901234567890}');
    assert.deepEqual(made.headers([]), ['x-flm-repair', 'stream-options, empty-tools']);
  });

  it('adds the model to a request that names none, together with the repairs', () => {
    assert.equal(planned('vllm', '{"tools":[]}').body.toString(), '{"model":"m"}');
  });

  it('lists repairs of the request and those armed for the stream, each once', () => {
    const { plan: made } = planned('ollama', { model: 'm', stream: true });
    const stream = made.stream();

    assert.deepEqual(made.headers(stream?.names ?? []), [
      'x-flm-repair',
      'usage, stream-errors, unique-ids, role-once, reasoning-fields, tool-calls, finish-reasons',
    ]);
  });

  it('refuses what no repair can make right, naming the repair', () => {
    const result = plan('ollama', { model: 'm', input: [1] }, { route: '/v1/embeddings' });

    assert.ok(!result.ok);
    assert.deepEqual([result.error.status, result.error.param, result.repair], [400, 'input', 'token-input']);
  });

  it('passes what would be refused when that repair is off', () => {
    assert.ok(plan('ollama', { model: 'm', input: [1] }, { route: '/v1/embeddings', disabled: ['token-input'] }).ok);
  });

  it('reads no stream when every repair is off', () => {
    assert.equal(
      planned('ollama', { model: 'm', stream: true }, { disabled: [...repairNames] }).plan.stream(),
      undefined,
    );
  });

  it('warns of a prompt that cannot fit once, in the header', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'words '.repeat(500) }] };
    const { plan: made } = planned('ollama', body, { model: { contextLoaded: 100 } });

    assert.deepEqual(made.headers([]), ['x-flm-warning', 'context-truncated']);
    assert.deepEqual(made.warningsOf({ tokensIn: 100 }), []);
  });

  it('says every warning, those of the request with those of the answer', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], tools, tool_choice: 'required' };
    const { plan: made } = planned('ollama', body, { model: { contextLoaded: 100 } });

    assert.deepEqual(made.headers([]), ['x-flm-warning', 'tool-choice-not-forced']);
    assert.deepEqual(made.headers([], made.warningsOf({ tokensIn: 100 })), [
      'x-flm-warning',
      'tool-choice-not-forced, context-truncated',
    ]);
  });

  it('applied to its own output changes nothing more', () => {
    const bodies: [EngineKind, InferenceRoute, object][] = [
      ['ollama', chat, { model: 'm', stream: true, max_completion_tokens: 5, tools: [{}], tool_choice: 'none' }],
      ['ollama', '/v1/completions', { model: 'm', prompt: ['a'] }],
      ['vllm', chat, { model: 'm', tools: [], stream_options: {}, tool_choice: 'auto' }],
      [
        'lmstudio',
        chat,
        {
          model: 'm',
          stream: true,
          response_format: { type: 'json_object' },
          tools: [{ type: 'function', function: { name: 'f' } }],
          tool_choice: { type: 'function', function: { name: 'f' } },
        },
      ],
      ['llamacpp', chat, { model: 'm', stream: true }],
      ['openai', chat, { model: 'm', max_completion_tokens: 5 }],
    ];
    for (const [kind, route, body] of bodies) {
      const once = planned(kind, body, { route });
      const twice = planned(kind, once.body.toString(), { route });

      assert.ok(once.plan.applied.length > 0, kind);
      assert.deepEqual(twice.plan.applied, [], kind);
      assert.equal(twice.body.toString(), once.body.toString());
    }
  });
});
