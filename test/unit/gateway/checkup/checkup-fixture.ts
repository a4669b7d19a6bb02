import type { Engine } from '../../../../src/core/engine';
import { reason } from '../../../../src/core/reason';
import type { Check, CheckOutcome, CheckTools, CheckupFacts } from '../../../../src/gateway/checkup/check';
import type { CheckHttp, CheckReply, CheckRequest } from '../../../../src/gateway/checkup/check-http';
import { FakeClock } from '../../../helpers/fake-clock';
import { lan } from '../../../helpers/machine-addresses';

export function makeEngine(engine: Partial<Engine> = {}): Engine {
  return {
    id: 'ollama',
    kind: 'ollama',
    name: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434',
    source: 'default-port',
    state: 'healthy',
    reason: reason('engine.healthy', 1),
    since: 0,
    failures: 0,
    models: [],
    isStale: false,
    isRemote: false,
    version: '0.34.2',
    ...engine,
  };
}

/** A machine on which nothing is wrong. */
export function makeFacts(facts: Partial<CheckupFacts> = {}): CheckupFacts {
  return {
    platform: 'linux',
    engines: [],
    addresses: [lan],
    exposure: { scope: 'machine', addresses: [], because: [] },
    endpoints: [],
    tls: { mode: 'off', phase: 'off' },
    tlsPolicy: { mode: 'off' },
    mode: 'enforce',
    trustedProxies: [],
    dataDir: '/data',
    ...facts,
  };
}

export const exposed: CheckupFacts['exposure'] = {
  scope: 'all',
  addresses: [lan.address],
  because: ['settings'],
};

/** Answers by address; what is not listed does not answer. */
export class FakeHttp implements CheckHttp {
  readonly asked: CheckRequest[] = [];
  readonly #answer: (request: CheckRequest) => Partial<CheckReply> | undefined;

  constructor(answer: (request: CheckRequest) => Partial<CheckReply> | undefined = () => undefined) {
    this.#answer = answer;
  }

  async send(request: CheckRequest): Promise<CheckReply | undefined> {
    this.asked.push(request);
    const reply = this.#answer(request);
    return reply === undefined ? undefined : { status: 200, headers: {}, body: '{}', ...reply };
  }
}

export function makeTools(http: CheckHttp = new FakeHttp(), modes: Readonly<Record<string, number>> = {}): CheckTools {
  return { http, files: { mode: async (path) => modes[path] }, clock: new FakeClock() };
}

/** What one check says. */
export async function outcomeOf(
  check: Check,
  facts: Partial<CheckupFacts>,
  tools: CheckTools = makeTools(),
): Promise<CheckOutcome> {
  return check.run(makeFacts(facts), tools, new AbortController().signal);
}

export const ollamaVersion = { body: '{"version":"0.34.2"}' };
export const modelList = { body: '{"object":"list","data":[]}' };
