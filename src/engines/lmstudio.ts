import type { Capability, Model } from '../core/model';
import type { EngineAdapter, Finding } from './adapter';
import { arrayOf, compact, countOf, objectOf, objectsOf, parseJson, textOf, textsOf, type JsonObject } from './json';
import { modelIdOf, uniqueModels } from './model-list';
import { capabilitiesFromName, isSystemFirstName } from './model-names';
import { badAnswer, observe, type Observation } from './observation';
import { openaiListPath, parseOpenaiModels } from './openai-compatible';
import type { ProbeReply, ProbeSession } from './probe';

/** `GET /api/v1/models` (LM Studio 0.4.0 and later). Undefined when the body is not that list. */
export function parseLmStudioV1(body: unknown): readonly Model[] | undefined {
  const rows = arrayOf(objectOf(body)?.models);
  return rows && uniqueModels(rows.flatMap((row) => parseV1Row(objectOf(row)) ?? []));
}

function parseV1Row(row: JsonObject | undefined): Model | undefined {
  const id = modelIdOf(row?.key);
  if (row === undefined || id === undefined) return undefined;
  const instances = objectsOf(row.loaded_instances);
  const instanceIds = instances.flatMap((instance) => modelIdOf(instance.id) ?? []).filter((name) => name !== id);
  const caps = objectOf(row.capabilities);
  const reasoning = textsOf(objectOf(caps?.reasoning)?.allowed_options);
  return compact({
    id,
    displayName: textOf(row.display_name),
    aliases: instanceIds.length === 0 ? undefined : instanceIds,
    capabilities: typeCapabilities(textOf(row.type), id, [
      ['vision', caps?.vision === true],
      ['tools', caps?.trained_for_tool_use === true],
      ['thinking', reasoning.some((option) => option !== 'off')],
    ]),
    isLoaded: instances.length > 0,
    contextMax: countOf(row.max_context_length),
    contextLoaded: countOf(objectOf(instances[0]?.config)?.context_length),
    sizeBytes: countOf(row.size_bytes),
    parameters: textOf(row.params_string, 40),
    quantization: textOf(objectOf(row.quantization)?.name, 40),
    family: textOf(row.architecture, 80),
    isSystemFirst: isSystemFirstName(`${id} ${textOf(row.architecture, 80) ?? ''}`) ? true : undefined,
    format: textOf(row.format, 40),
  });
}

/** `GET /api/v0/models` (0.3.6 and later). Undefined when the body is not that list. */
export function parseLmStudioV0(body: unknown): readonly Model[] | undefined {
  const rows = arrayOf(objectOf(body)?.data);
  return rows && uniqueModels(rows.flatMap((row) => parseV0Row(objectOf(row)) ?? []));
}

function parseV0Row(row: JsonObject | undefined): Model | undefined {
  const id = modelIdOf(row?.id);
  if (row === undefined || id === undefined) return undefined;
  const type = textOf(row.type);
  const state = textOf(row.state);
  return compact({
    id,
    capabilities: typeCapabilities(type, id, [
      ['vision', type === 'vlm'],
      ['tools', textsOf(row.capabilities).includes('tool_use')],
    ]),
    isLoaded: state === undefined ? undefined : state === 'loaded',
    isLoading: state === 'loading' ? true : undefined,
    contextMax: countOf(row.max_context_length),
    contextLoaded: state === 'loaded' ? countOf(row.loaded_context_length) : undefined,
    quantization: textOf(row.quantization, 40),
    family: textOf(row.arch, 80),
    isSystemFirst: isSystemFirstName(`${id} ${textOf(row.arch, 80) ?? ''}`) ? true : undefined,
    format: textOf(row.compatibility_type, 40),
  });
}

function typeCapabilities(
  type: string | undefined,
  id: string,
  flags: readonly (readonly [Capability, boolean])[],
): readonly Capability[] {
  if (type === 'embedding' || type === 'embeddings') return ['embeddings'];
  const base: readonly Capability[] =
    type === 'llm' || type === 'vlm' ? ['chat', 'completion'] : capabilitiesFromName(id);
  return [...base, ...flags.filter(([, isSet]) => isSet).map(([name]) => name)];
}

/** Lists from the richest to the poorest. LM Studio answers unknown routes with 200, so only the body decides. */
const listRoutes = [
  { path: '/api/v1/models', parse: parseLmStudioV1 },
  { path: '/api/v0/models', parse: parseLmStudioV0 },
  { path: openaiListPath, parse: parseOpenaiModels },
] as const;

const routeMemo = 'lmstudio.route';

async function look(session: ProbeSession, list?: ProbeReply): Promise<Finding> {
  let worst: Observation | undefined;
  for (const [index, route] of listRoutes.entries()) {
    const answer = route.path === openaiListPath && list !== undefined ? list : await session.get(route.path);
    const observation = observe(answer, route.path, session.hasKey);
    // A lock or a dead line is the same on all routes; an unknown route is not.
    if (observation.type === 'needs-key' || observation.type === 'unreachable') return { observation };
    const models = answer.ok && observation.type === 'ok' ? route.parse(parseJson(answer.body)) : undefined;
    if (models !== undefined) {
      session.memo.set(routeMemo, index);
      return { observation, models };
    }
    worst = observation.type === 'ok' ? badAnswer(route.path) : observation;
  }
  return { observation: worst ?? badAnswer(openaiListPath), isSuspect: true };
}

/** https://lmstudio.ai/docs/developer: the native lists carry what is loaded, which `/v1/models` does not. */
export const lmstudioAdapter: EngineAdapter = {
  kind: 'lmstudio',
  look,
  pulse: async (session) => {
    const route = listRoutes[session.memo.get(routeMemo) as number];
    if (route === undefined) return look(session);
    const answer = await session.get(route.path);
    const observation = observe(answer, route.path, session.hasKey);
    if (!answer.ok || observation.type !== 'ok') return { observation, isSuspect: observation.type === 'bad-answer' };
    const models = route.parse(parseJson(answer.body));
    return models === undefined ? { observation: badAnswer(route.path), isSuspect: true } : { observation, models };
  },
};
