import { defaultPorts, type Engine, type EngineKind } from './engine';

/** Scheme of FLM's own model URIs: `flm://ollama/llama3.2%3A3b`. */
export const modelUriScheme = 'flm://';

/** The canonical id of a model: engine id, slash, the engine's own id untouched. */
export function canonicalModelId(engineId: string, modelId: string): string {
  return `${engineId}/${modelId}`;
}

/**
 * Splits a canonical id at its first slash. Engine ids hold no slash, model ids may hold many.
 * Undefined when there is no slash or a side is empty.
 */
export function splitCanonicalId(id: string): { engineId: string; modelId: string } | undefined {
  const slash = id.indexOf('/');
  if (slash <= 0 || slash === id.length - 1) return undefined;
  return { engineId: id.slice(0, slash), modelId: id.slice(slash + 1) };
}

/** Turns `flm://engine/model` (model percent-encoded or not) into the canonical id; anything else is returned as is. */
export function stripModelUri(id: string): string {
  if (!id.startsWith(modelUriScheme)) return id;
  const rest = id.slice(modelUriScheme.length);
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest; // A bare `%` in a model name is no encoding.
  }
}

/**
 * The stable slug of an engine: the kind alone on its default port of this machine, else with the port, else with host
 * and port. The same address gets the same slug on every start, so canonical model ids survive restarts.
 */
export function engineId(kind: EngineKind, baseUrl: string): string {
  const url = new URL(baseUrl);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (isLoopbackHost(url.hostname)) {
    const standard = kind !== 'openai' && defaultPorts[kind] === port;
    return standard ? kind : `${kind}-${port}`;
  }
  return `${kind}-${slug(url.hostname)}-${port}`;
}

/** Lower-case letters, digits and single hyphens, at most 40 characters; never empty. */
export function slug(text: string): string {
  const cleaned = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return cleaned === '' ? 'engine' : cleaned;
}

/** A host name or literal (brackets allowed) that always means this machine. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    name === 'localhost' ||
    name === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(name) ||
    /^::ffff:(127\.|7f[0-9a-f]{2}:)/.test(name)
  );
}

/** Makes ids unique within a list by numbering later ones: `openai-5000`, `openai-5000-2`. */
export function uniqueEngineIds(engines: readonly Engine[]): readonly Engine[] {
  const given = new Set(engines.map((engine) => engine.id));
  const taken = new Set<string>();
  return engines.map((engine) => {
    let id = engine.id;
    // A numbered id must not be one that another engine has by itself.
    for (let count = 2; taken.has(id) || (id !== engine.id && given.has(id)); count++) id = `${engine.id}-${count}`;
    taken.add(id);
    return id === engine.id ? engine : { ...engine, id };
  });
}
