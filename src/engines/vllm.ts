import type { Model } from '../core/model';
import type { EngineAdapter, Finding } from './adapter';
import { compact, countOf, objectOf, objectsOf, parseJson, textOf } from './json';
import { modelIdOf, uniqueModels } from './model-list';
import { capabilitiesFromName, isSystemFirstName, quantizationFromName } from './model-names';
import { observe } from './observation';
import { lookAtList, openaiRows } from './openai-compatible';
import type { ProbeReply, ProbeSession } from './probe';
import { askLoad, vllmLoadSources } from './reported-load';
import { askTools, noteVisit, withTools } from './vllm-tools';

/** `/health` tells of a dead engine behind a living HTTP server, but says nothing of models: every fifth pulse does. */
const pulsesPerList = 5;

/**
 * vLLM's list: one row per served name and one per LoRA adapter, which inherits the context of its parent. All of
 * them are in memory. `created` is the time of the request and therefore dropped. vLLM does not say what a model can
 * do; only the name does, and for tools a question of its own (`vllm-tools.ts`).
 */
export function parseVllmModels(body: unknown): readonly Model[] | undefined {
  const list = openaiRows(body);
  if (list === undefined) return undefined;
  const rows = objectsOf(list);
  const contexts = new Map(rows.map((row) => [row.id, countOf(row.max_model_len)]));
  return uniqueModels(
    rows.flatMap((row) => {
      const id = modelIdOf(row.id);
      if (id === undefined) return [];
      const parent = modelIdOf(row.parent);
      const root = textOf(row.root, 1024);
      const context = contexts.get(id) ?? (parent === undefined ? undefined : contexts.get(parent));
      const named = `${root ?? ''} ${parent ?? ''} ${id}`;
      return compact({
        id,
        capabilities: capabilitiesFromName(named),
        isLoaded: true,
        contextMax: context,
        contextLoaded: context,
        quantization: quantizationFromName(root ?? id),
        isSystemFirst: isSystemFirstName(named) ? true : undefined,
        parent,
      });
    }),
  );
}

export function parseVllmVersion(body: unknown): string | undefined {
  return textOf(objectOf(body)?.version, 80);
}

async function look(session: ProbeSession, list?: ProbeReply): Promise<Finding> {
  noteVisit(session);
  const [finding, version, health] = await Promise.all([
    lookAtList(session, parseVllmModels, list),
    session.get('/version'),
    session.get('/health'),
  ]);
  const isEngineDead = finding.observation.type === 'ok' && health.ok && health.status === 503;
  const told = version.ok ? parseVllmVersion(parseJson(version.body)) : undefined;
  if (finding.models !== undefined && !isEngineDead) await askTools(session, finding.models, told);
  return compact({
    ...known(session, finding),
    observation: isEngineDead ? observe(health, '/health', session.hasKey) : finding.observation,
    version: told,
  });
}

/** With what only a question of its own has told. */
function known(session: ProbeSession, finding: Finding): Finding {
  return finding.models === undefined ? finding : { ...finding, models: withTools(session, finding.models) };
}

/** https://docs.vllm.ai: OpenAI-compatible server of `vllm serve`. */
export const vllmAdapter: EngineAdapter = {
  kind: 'vllm',
  look,
  pulse: async (session, { pulse }) => {
    noteVisit(session);
    const load = askLoad(session, vllmLoadSources);
    if (pulse % pulsesPerList === 0) {
      return compact({ ...known(session, await lookAtList(session, parseVllmModels)), load: await load });
    }
    const answer = await session.get('/health');
    const observation = observe(answer, '/health', session.hasKey);
    const isSuspect = answer.ok && (observation.type === 'bad-answer' || answer.body !== '');
    return compact({ observation, isSuspect, load: await load });
  },
};
