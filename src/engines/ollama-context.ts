import type { ExpectedContext, Model } from '../core/model';
import type { OllamaRunning } from './ollama-models';

/**
 * Smallest context that Ollama loads a model with when nothing says otherwise: 4096 since 0.6.7 (2048 before); since 0.15.5
 * the default grows with the GPU's memory, 4096 below 24 GiB (docs/context-length.mdx). Nothing tells which one it is.
 */
export function smallestDefault(version: string | undefined): number {
  const [, minor, patch] = /^v?0\.(\d+)\.(\d+)/.exec(version ?? '')?.map(Number) ?? [];
  const isOld = minor !== undefined && patch !== undefined && (minor < 6 || (minor === 6 && patch < 7));
  return isOld ? 2048 : 4096;
}

/** `num_ctx` among the lines of a Modelfile's parameters, as `/api/show` tells them. */
export function numCtxOf(parameters: unknown): number | undefined {
  const value = typeof parameters === 'string' ? /^\s*num_ctx\s+(\d{1,9})\s*$/m.exec(parameters)?.[1] : undefined;
  const tokens = Number(value);
  return tokens > 0 ? tokens : undefined;
}

/**
 * What the engine gives models that ask for nothing, as the loaded ones show: the least of them, because a client may
 * have asked for more. Models at their own maximum, and with parameters of their own, show nothing.
 */
export function givenContext(models: readonly Model[], running: readonly OllamaRunning[]): number | undefined {
  const byId = new Map(models.map((model) => [model.id, model]));
  const given = running.flatMap(({ id, contextLoaded }) => {
    const model = byId.get(id);
    if (contextLoaded === undefined || model?.contextMax === undefined || model.isCloud === true) return [];
    return contextLoaded < model.contextMax && model.contextExpected?.from !== 'parameters' ? [contextLoaded] : [];
  });
  return given.length === 0 ? undefined : Math.min(...given);
}

/** The models with the context to reckon with while they are not loaded. Cloud models have their maximum. */
export function withExpected(models: readonly Model[], given: number | undefined, least: number): readonly Model[] {
  const general: ExpectedContext =
    given === undefined ? { tokens: least, from: 'default' } : { tokens: given, from: 'others' };
  return models.map(({ contextExpected: known, ...model }) => {
    const expected = known?.from === 'parameters' ? known : general;
    const isWhole = model.contextMax !== undefined && model.contextMax <= expected.tokens;
    return model.isCloud === true || isWhole ? model : { ...model, contextExpected: expected };
  });
}
