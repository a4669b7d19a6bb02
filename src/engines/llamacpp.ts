import type { Capability, Model } from '../core/model';
import type { EngineAdapter, Finding } from './adapter';
import { arrayOf, compact, countOf, objectOf, parseJson, textOf, textsOf, type JsonObject } from './json';
import { modelIdOf, uniqueModels } from './model-list';
import {
  capabilitiesFromName,
  displayNameOfPath,
  isSystemFirstName,
  parametersText,
  quantizationFromName,
} from './model-names';
import { observe } from './observation';
import { lookAtList, openaiListPath, openaiRows } from './openai-compatible';
import type { ProbeReply, ProbeSession } from './probe';
import { askLoad, llamaLoadSources } from './reported-load';

/** What `GET /props` adds to the list. */
export interface LlamaProps {
  readonly isRouter: boolean;
  readonly version?: string;
  /** Context per slot. */
  readonly contextLoaded?: number;
  readonly modelPath?: string;
  readonly isSleeping?: boolean;
  /** Slots. */
  readonly parallel?: number;
  /** Vision, audio, tools and thinking, as far as the chat template shows them. */
  readonly capabilities: readonly Capability[];
  /** Its chat template takes the system's message only at the beginning; undefined where no template is told. */
  readonly isSystemFirst?: boolean;
}

/** Vocabulary type WPM (llama.h): a BERT tokenizer, used by embedding models only. */
const bertVocabulary = 3;

/** Marks of chat templates that can think: the tag itself, or the switch for it. */
const thinkingTemplate = /<think>|enable_thinking|reasoning_content/;

/** What templates raise at a message of the system that is not the first: Qwen3.5 and later, Devstral and Ministral. */
const systemFirstTemplate =
  /System message must be at the beginning|Only user,? (?:and )?assistant(?:,? and tool)? roles are supported/;

/** Undefined when the body is not that of llama-server's `/props`. */
export function parseLlamaProps(body: unknown): LlamaProps | undefined {
  const props = objectOf(body);
  const settings = objectOf(props?.default_generation_settings);
  if (props === undefined || (settings === undefined && textOf(props.build_info) === undefined)) return undefined;
  const isRouter = props.role === 'router';
  const modalities = objectOf(props.modalities);
  const template = typeof props.chat_template === 'string' ? props.chat_template : '';
  const templateCaps = objectOf(props.chat_template_caps);
  const flags: readonly (readonly [Capability, boolean])[] = [
    ['vision', modalities?.vision === true],
    ['audio', modalities?.audio === true],
    ['tools', templateCaps?.supports_tools === true || templateCaps?.supports_tool_calls === true],
    ['thinking', thinkingTemplate.test(template)],
  ];
  return compact({
    isRouter,
    version: textOf(props.build_info, 80),
    contextLoaded: countOf(settings?.n_ctx),
    modelPath: isRouter ? undefined : textOf(props.model_path, 4096),
    isSleeping: typeof props.is_sleeping === 'boolean' ? props.is_sleeping : undefined,
    parallel: isRouter ? undefined : countOf(props.total_slots),
    capabilities: flags.filter(([, isSet]) => isSet).map(([name]) => name),
    isSystemFirst: template === '' ? undefined : systemFirstTemplate.test(template),
  });
}

/**
 * Models of a llama-server, one or a router's many. `props` are those of a single-model server. FIM depends on the
 * model's tokens, which no route shows, so it is never claimed. `created` is the time of the request.
 */
export function parseLlamaModels(body: unknown, props?: LlamaProps): readonly Model[] | undefined {
  const rows = openaiRows(body);
  if (rows === undefined) return undefined;
  const twin = objectOf(arrayOf(objectOf(body)?.models)?.[0]); // single-model servers describe it a second time
  const isMultimodal = textsOf(twin?.capabilities).includes('multimodal');
  return uniqueModels(
    rows.flatMap((row) => {
      const fields = objectOf(row);
      const id = modelIdOf(fields?.id);
      if (fields === undefined || id === undefined) return [];
      return parseRow(fields, id, rows.length === 1 ? { props, isMultimodal } : {}) ?? [];
    }),
  );
}

function parseRow(
  row: JsonObject,
  id: string,
  single: { props?: LlamaProps | undefined; isMultimodal?: boolean },
): Model | undefined {
  const meta = objectOf(row.meta);
  const status = objectOf(row.status);
  const state = textOf(status?.value);
  if (state === 'downloading') return undefined; // not yet a model that could answer
  const args = textsOf(status?.args, 4096);
  const path = single.props?.modelPath ?? args[args.indexOf('--model') + 1];
  const parameters = countOf(meta?.n_params);
  const context = countOf(meta?.n_ctx) ?? single.props?.contextLoaded;
  const isLoaded = state === undefined ? single.props?.isSleeping !== true : state === 'loaded';
  return compact({
    id,
    displayName: displayNameOfPath(id),
    aliases: nonEmpty(textsOf(row.aliases, 1024).filter((alias) => alias !== id)),
    capabilities: llamaCapabilities(row, id, path, meta, single),
    isLoaded,
    isLoading: state === 'loading' ? true : undefined,
    contextMax: countOf(meta?.n_ctx_train),
    contextLoaded: isLoaded ? context : undefined,
    sizeBytes: countOf(meta?.size),
    parameters: parameters === undefined ? undefined : parametersText(parameters),
    quantization:
      quantizationFromName(id) ??
      quantizationFromName(path ?? '') ??
      quantizationFromName((textOf(meta?.ftype, 80) ?? '').replace(/^all /, '').split(' ')[0] ?? ''),
    format: 'gguf',
    embeddingLength: countOf(meta?.n_embd),
    isSystemFirst: (single.props?.isSystemFirst ?? isSystemFirstName(`${id} ${path ?? ''}`)) ? true : undefined,
  });
}

function llamaCapabilities(
  row: JsonObject,
  id: string,
  path: string | undefined,
  meta: JsonObject | undefined,
  single: { props?: LlamaProps | undefined; isMultimodal?: boolean },
): readonly Capability[] {
  if (meta?.vocab_type === bertVocabulary) {
    return capabilitiesFromName(id).includes('rerank') ? ['rerank'] : ['embeddings'];
  }
  const base = capabilitiesFromName(`${id} ${path ?? ''}`);
  if (!base.includes('chat')) return base;
  const inputs = textsOf(objectOf(row.architecture)?.input_modalities);
  const extra = new Set<Capability>(single.props?.capabilities ?? []);
  if (inputs.includes('image') || (single.isMultimodal === true && !extra.has('audio'))) extra.add('vision');
  if (inputs.includes('audio')) extra.add('audio');
  return [...base, ...extra];
}

function nonEmpty(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}

const propsMemo = 'llamacpp.props';

async function look(session: ProbeSession, list?: ProbeReply): Promise<Finding> {
  const [answer, propsAnswer] = await Promise.all([list ?? session.get(openaiListPath), session.get('/props')]);
  const props = propsAnswer.ok && propsAnswer.status === 200 ? parseLlamaProps(parseJson(propsAnswer.body)) : undefined;
  session.memo.set(propsMemo, props);
  if (!answer.ok) return { observation: observe(answer, openaiListPath, session.hasKey) };
  const finding = await lookAtList(session, (body) => parseLlamaModels(body, props), answer);
  // The list is open to everybody; whether a key is missing or wrong shows on `/props` only.
  const isLocked = finding.observation.type === 'ok' && propsAnswer.ok && propsAnswer.status === 401;
  return compact({
    ...finding,
    observation: isLocked ? observe(propsAnswer, '/props', session.hasKey) : finding.observation,
    version: props?.version,
    isRouter: props?.isRouter,
    parallel: props?.parallel,
  });
}

/** https://github.com/ggml-org/llama.cpp/tree/master/tools/server: one model, or a router over several. */
export const llamacppAdapter: EngineAdapter = {
  kind: 'llamacpp',
  look,
  pulse: async (session) => {
    const props = session.memo.get(propsMemo) as LlamaProps | undefined;
    // A router's children have slots of their own; a sleeping server would be kept from sleeping, or woken
    const tellsLoad = props !== undefined && !props.isRouter && props.isSleeping !== true;
    const [answer, load] = await Promise.all([
      session.get(openaiListPath),
      tellsLoad ? askLoad(session, llamaLoadSources) : undefined,
    ]);
    const finding: Finding = await (answer.ok
      ? lookAtList(session, (body) => parseLlamaModels(body, props), answer)
      : { observation: observe(answer, openaiListPath, session.hasKey) });
    const owner = answer.ok && finding.models ? textOf(firstOwner(answer.body)) : undefined;
    if (owner !== undefined && owner !== 'llamacpp') return { ...finding, isSuspect: true };
    return load === undefined ? finding : { ...finding, load };
  },
};

function firstOwner(body: string): unknown {
  return objectOf(openaiRows(parseJson(body))?.[0])?.owned_by;
}
