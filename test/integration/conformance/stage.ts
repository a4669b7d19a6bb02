import type { Model } from '../../../src/core/model';
import type { EngineKind } from '../../../src/core/engine';
import type { Gate } from '../../../src/core/request';
import type { CommonScript } from '../../helpers/engines/script';
import type { Simulator } from '../../helpers/engines/simulator';
import { startProxy, type Harness } from '../../helpers/proxy-harness';
import type { Column, Purpose, Script } from './columns';

/** One feature of one client. */
export interface Row {
  readonly feature: string;
  /** Default: `chat`. */
  readonly purpose?: Purpose;
  /** What the engine does; by kind where kinds differ. */
  readonly script?: Script | ((kind: EngineKind) => Script);
  /** Known of the model besides its capabilities. */
  readonly model?: Partial<Model>;
  readonly gate?: Partial<Gate>;
  /** Uses the client and asserts what came of it. Throws the client's own error where FLM refuses. */
  run(stage: Stage): Promise<void>;
}

/** What came back to the client over HTTP. */
export interface Told {
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  /** Of an error answer. */
  readonly body: string;
}

/** FLM before one simulated engine, for one cell. */
export interface Stage extends Harness {
  readonly kind: EngineKind;
  readonly engine: Simulator<CommonScript>;
  /** Canonical id of the model. */
  readonly model: string;
  /** For the client: notes what FLM tells. */
  readonly fetch: typeof fetch;
  readonly told: readonly Told[];
  /** Paths of the client's requests. */
  readonly said: ReadonlySet<string>;
  /** The body of the last request that the engine got. */
  asked(): Record<string, unknown>;
}

const capabilities = {
  chat: ['chat', 'completion', 'vision', 'tools', 'thinking'],
  embeddings: ['embeddings'],
  thinking: ['chat', 'completion', 'thinking'],
  fim: ['chat', 'completion', 'fim'],
  rerank: ['rerank'],
} as const;

/** Starts both; `use` has them until it settles. */
export async function onStage<T>(
  row: Row,
  column: Column,
  disabledRepairs: readonly string[],
  use: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { purpose = 'chat', script = {} } = row;
  const engine = await column.start(typeof script === 'function' ? script(column.kind) : script, purpose);
  const id = column.model(purpose);
  const { version } = column;
  const proxy = await startProxy({
    engines: [
      {
        id: 'engine',
        baseUrl: engine.url,
        models: [id],
        kind: column.kind,
        model: { capabilities: capabilities[purpose], ...row.model },
        engine: {
          name: column.label === 'other' ? 'My server' : column.label,
          ...(version !== undefined && { version }),
        },
      },
    ],
    config: { 'proxy.repairs.disabled': disabledRepairs },
    ...(row.gate && { gate: row.gate }),
  });
  const told: Told[] = [];
  const said = new Set<string>();
  const stage: Stage = {
    ...proxy,
    kind: column.kind,
    engine,
    model: `engine/${id}`,
    fetch: async (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input));
      said.add(pathname);
      const answer = await fetch(input, init);
      const body = answer.status < 400 ? '' : await answer.clone().text();
      told.push({ path: pathname, status: answer.status, headers: answer.headers, body });
      return answer;
    },
    told,
    said,
    asked: () => (engine.requests.at(-1)?.json ?? {}) as Record<string, unknown>,
  };
  try {
    return await use(stage);
  } finally {
    await proxy.stop();
    await engine.stop();
  }
}
