import type { Model } from '../core/model';
import type { EngineAdapter, Finding, KnownEngine } from './adapter';
import { compact, objectOf, parseJson, textOf } from './json';
import { badAnswer, observe, type Observation } from './observation';
import {
  parseOllamaPs,
  parseOllamaShow,
  parseOllamaTags,
  withRunning,
  type OllamaRunning,
  type OllamaTag,
} from './ollama-models';
import { givenContext, smallestDefault, withExpected } from './ollama-context';
import type { ProbeAnswer, ProbeSession } from './probe';
import { reason } from '../core/reason';

const contextMemoName = 'ollama.context';

/** What an engine gives its models, as of the last time it was seen. */
interface GivenContext {
  readonly given: number | undefined;
  readonly least: number;
}

const tagsPath = '/api/tags';
const psPath = '/api/ps';

/** `/api/ps` is small and tells what is loaded; pulled and deleted models show on every fourth pulse. */
const pulsesPerTags = 4;

/** `/api/show` opens the model file, so it is asked for few models at a time, and once per digest. */
const showConcurrency = 4;
const maxShowMemo = 10_000;

type ShowFacts = ReturnType<typeof parseOllamaShow>;

export function parseOllamaVersion(body: unknown): string | undefined {
  return textOf(objectOf(body)?.version, 80);
}

/** Ollama has no keys: its 403 means that it refuses our Host header (OLLAMA_HOST is loopback, we came by a name). */
function observeOllama(answer: ProbeAnswer, path: string, hadKey: boolean): Observation {
  if (answer.ok && answer.status === 403) return { type: 'bad-answer', reason: reason('engine.httpStatus', 403, path) };
  return observe(answer, path, hadKey);
}

async function look(session: ProbeSession): Promise<Finding> {
  const [version, answer, ps] = await Promise.all([
    session.get('/api/version'),
    session.get(tagsPath),
    session.get(psPath),
  ]);
  const observation = observeOllama(answer, tagsPath, session.hasKey);
  if (!answer.ok) return { observation };
  const tags = observation.type === 'ok' ? parseOllamaTags(parseJson(answer.body)) : undefined;
  if (tags === undefined) {
    return observation.type === 'ok'
      ? { observation: badAnswer(tagsPath), isSuspect: true }
      : { observation, isSuspect: observation.type === 'bad-answer' };
  }
  const isComplete = await showMissing(session, tags);
  const running = ps.ok && ps.status === 200 ? parseOllamaPs(parseJson(ps.body)) : undefined;
  const told = version.ok ? parseOllamaVersion(parseJson(version.body)) : undefined;
  const models = tags.map((tag) => completed(session, tag));
  return compact({
    observation,
    models: withContexts(session, running === undefined ? models : withRunning(models, running), running ?? [], told),
    version: told,
    isPartial: isComplete ? undefined : true,
  });
}

/** The models with what to reckon with while they are not loaded, as far as it is known by now. */
function withContexts(
  { memo }: ProbeSession,
  models: readonly Model[],
  running: readonly OllamaRunning[],
  version?: string,
): readonly Model[] {
  const known = memo.get(contextMemoName) as GivenContext | undefined;
  const given = givenContext(models, running) ?? known?.given;
  const least = version === undefined && known !== undefined ? known.least : smallestDefault(version);
  memo.set(contextMemoName, { given, least } satisfies GivenContext);
  return withExpected(models, given, least);
}

/**
 * Asks `/api/show` for models not asked about yet until all are known or the time is up; says whether all are. Only
 * there stands the context that a model asks for itself.
 */
async function showMissing(session: ProbeSession, tags: readonly OllamaTag[]): Promise<boolean> {
  const shown = showMemo(session);
  const missing = tags.filter((tag) => tag.model.isCloud !== true && !shown.has(memoKey(tag)));
  let next = 0;
  const worker = async () => {
    for (let tag = missing[next++]; tag !== undefined; tag = missing[next++]) {
      if (session.remainingMs() <= 0) return;
      const answer = await session.post('/api/show', { model: tag.model.id });
      if (!answer.ok) return;
      if (shown.size >= maxShowMemo) shown.clear();
      shown.set(memoKey(tag), answer.status === 200 ? parseOllamaShow(parseJson(answer.body)) : {});
    }
  };
  await Promise.all(Array.from({ length: Math.min(showConcurrency, missing.length) }, worker));
  return missing.every((tag) => shown.has(memoKey(tag)));
}

function completed(session: ProbeSession, tag: OllamaTag): Model {
  const shown = showMemo(session).get(memoKey(tag));
  if (shown === undefined) return tag.model;
  if (!tag.isComplete) return { ...tag.model, ...shown };
  return { ...tag.model, ...(shown.contextExpected && { contextExpected: shown.contextExpected }) };
}

const showMemoName = 'ollama.show';
const strangersMemoName = 'ollama.strangers';

function showMemo(session: ProbeSession): Map<string, ShowFacts> {
  const known = session.memo.get(showMemoName) as Map<string, ShowFacts> | undefined;
  const memo = known ?? new Map<string, ShowFacts>();
  if (known === undefined) session.memo.set(showMemoName, memo);
  return memo;
}

/** The digest stands for the content: a model pulled again under its old name is asked about again. */
function memoKey(tag: OllamaTag): string {
  return tag.digest ?? `id:${tag.model.id}`;
}

async function pulse(session: ProbeSession, known: KnownEngine): Promise<Finding> {
  const isTagsTurn = known.pulse % pulsesPerTags === 0;
  const path = isTagsTurn ? tagsPath : psPath;
  const answer = await session.get(path);
  const observation = observeOllama(answer, path, session.hasKey);
  if (!answer.ok || observation.type !== 'ok') {
    return { observation, isSuspect: answer.ok && observation.type === 'bad-answer' };
  }
  const body = parseJson(answer.body);
  if (isTagsTurn) {
    const tags = parseOllamaTags(body);
    if (tags === undefined) return { observation: badAnswer(path), isSuspect: true };
    return isSameList(tags, known.models) ? { observation } : { observation, isListChanged: true };
  }
  const running = parseOllamaPs(body);
  if (running === undefined) return { observation: badAnswer(path), isSuspect: true };
  return {
    observation,
    models: withContexts(session, withRunning(known.models, running), running),
    isListChanged: hasNewStrangers(session, known.models, running),
  };
}

/** A loaded model that the list lacks was pulled just now, or is one that the list never shows: look once. */
function hasNewStrangers(session: ProbeSession, models: readonly Model[], running: readonly OllamaRunning[]): boolean {
  const ids = new Set(models.map((model) => model.id));
  const strangers = JSON.stringify(running.map((entry) => entry.id).filter((id) => !ids.has(id)));
  const isNew = strangers !== '[]' && strangers !== session.memo.get(strangersMemoName);
  session.memo.set(strangersMemoName, strangers);
  return isNew;
}

/** Names and times of change: a model pulled again keeps its name and gets a new time. */
function isSameList(tags: readonly OllamaTag[], models: readonly Model[]): boolean {
  const known = new Map(models.map((model) => [model.id, model.created]));
  return (
    tags.length === known.size &&
    tags.every(({ model }) => known.has(model.id) && known.get(model.id) === model.created)
  );
}

/** https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollamaAdapter: EngineAdapter = { kind: 'ollama', look, pulse };
