import type { Model } from '../core/model';
import type { EngineAdapter, Finding } from './adapter';
import { arrayOf, compact, countOf, objectOf, parseJson } from './json';
import { modelIdOf, uniqueModels } from './model-list';
import { capabilitiesFromName, quantizationFromName } from './model-names';
import { badAnswer, observe } from './observation';
import type { ProbeReply, ProbeSession } from './probe';

export const openaiListPath = '/v1/models';

/**
 * The rows of OpenAI's model list (https://platform.openai.com/docs/api-reference/models/list). `data: null`, as
 * Ollama writes an empty list, is one with `object: "list"` beside it. Undefined for anything that is no such list.
 */
export function openaiRows(body: unknown): readonly unknown[] | undefined {
  const list = objectOf(body);
  if (list === undefined) return undefined;
  if (list.data === null) return list.object === 'list' ? [] : undefined;
  const rows = arrayOf(list.data);
  if (rows === undefined) return undefined;
  if (rows.length === 0) return rows;
  return rows.some((row) => modelIdOf(objectOf(row)?.id) !== undefined) ? rows : undefined;
}

/**
 * Models of a server that is none of the known engines. Context fields are those of the widespread extensions
 * (`max_model_len` of vLLM's descendants, `context_length` and `context_window` of hosted catalogues).
 */
export function parseOpenaiModels(body: unknown): readonly Model[] | undefined {
  const rows = openaiRows(body);
  return rows && uniqueModels(rows.flatMap((row) => parseRow(row) ?? []));
}

function parseRow(row: unknown): Model | undefined {
  const fields = objectOf(row);
  const id = modelIdOf(fields?.id);
  if (fields === undefined || id === undefined) return undefined;
  return compact({
    id,
    capabilities: capabilitiesFromName(id),
    contextMax: countOf(fields.max_model_len) ?? countOf(fields.context_length) ?? countOf(fields.context_window),
    quantization: quantizationFromName(id),
  });
}

/** Any server with an OpenAI-compatible `/v1/models` that is none of the four. */
export const openaiCompatibleAdapter: EngineAdapter = {
  kind: 'openai',
  look: (session, list) => lookAtList(session, parseOpenaiModels, list),
  pulse: (session) => lookAtList(session, parseOpenaiModels),
};

/** One request for the model list; shared by the engines whose list is also their pulse. */
export async function lookAtList(
  session: ProbeSession,
  parse: (body: unknown) => readonly Model[] | undefined,
  list?: ProbeReply,
): Promise<Finding> {
  const answer = list ?? (await session.get(openaiListPath));
  const observation = observe(answer, openaiListPath, session.hasKey);
  if (!answer.ok) return { observation };
  if (observation.type !== 'ok') return { observation, isSuspect: observation.type === 'bad-answer' };
  const models = parse(parseJson(answer.body));
  return models === undefined ? { observation: badAnswer(openaiListPath), isSuspect: true } : { observation, models };
}
