import type { Model } from '../../../../src/core/model';
import type { CommonScript } from '../../../helpers/engines/script';
import { startProxy, type Harness } from '../../../helpers/proxy-harness';
import { engines, startEngine, type KnownKind } from '../repairs/support';

/** Versions that speak the newer dialects themselves; without one FLM translates. */
const newVersions: Readonly<Record<KnownKind, string>> = {
  ollama: '0.32.15',
  llamacpp: 'b9775-be4a6a63e',
  vllm: '0.26.0',
  lmstudio: '0.4.17',
};

export type Way = 'translated' | 'native';

/** Whether FLM knows the version of the engine, and so passes a dialect through. */
export const ways: readonly Way[] = ['translated', 'native'];

type Engine = Awaited<ReturnType<typeof startEngine>>;

const open: { stop(): Promise<void> }[] = [];

/** To be called after each test. */
export async function stopAll(): Promise<void> {
  for (const each of open.splice(0)) await each.stop();
}

export interface Setup extends Harness {
  readonly engine: Engine;
  /** Canonical id of the model. */
  readonly model: string;
}

/** FLM before one simulated engine; both end with the test. */
export async function before(
  kind: KnownKind,
  way: Way,
  script: Partial<CommonScript> = {},
  { model = {}, config = {} }: { model?: Partial<Model>; config?: Record<string, unknown> } = {},
): Promise<Setup> {
  const engine = await startEngine(kind, script);
  const known = way === 'native' ? { version: newVersions[kind] } : {};
  const proxy = await startProxy({
    engines: [{ id: 'engine', baseUrl: engine.url, models: [engines[kind].model], kind, model, engine: known }],
    config,
  });
  open.push(proxy, engine);
  return { ...proxy, engine, model: `engine/${engines[kind].model}` };
}
