import type { FlmConfig } from '../core/config-schema';
import { defaultPorts, type EngineKind, type EngineSource } from '../core/engine';
import type { Capability } from '../core/model';
import { isLoopbackUrl, literalBaseUrls, normalizeBaseUrl, portOf } from './base-url';
import type { AddressHint } from './environment-hints';

/** An address at which an engine may be. */
export interface Candidate {
  /** Normal form, with `localhost` replaced by the literal it stands for here. Unique within a list. */
  readonly baseUrl: string;
  readonly source: EngineSource;
  readonly detail?: string;
  /** The user asked for it: stays in view when it cannot be reached. */
  readonly isConfigured: boolean;
  readonly name?: string;
  readonly id?: string;
  /** Given by the user; skips the fingerprint. */
  readonly kind?: EngineKind;
  /** What its chat models can do besides what it tells. */
  readonly capabilities?: readonly Capability[];
  /** Never probed; these are its models. */
  readonly passiveModels?: readonly string[];
  /** The address as configured, when it means several literals of which only one is to be shown. */
  readonly group?: string;
  /** Address a key may be stored under besides `baseUrl`. */
  readonly keyUrl?: string;
}

export interface CandidateSources {
  readonly config: FlmConfig;
  readonly hints: readonly AddressHint[];
  readonly demoBaseUrl?: string | undefined;
  /** Ports of FLM itself. */
  readonly ownPorts: readonly number[];
}

const loopbackHosts = ['127.0.0.1', '[::1]'] as const;

/**
 * Every address worth a probe, the user's own first, then what environment and files name, then usual ports. An
 * address that several sources name appears once, with the first of them. FLM's own ports are left out.
 */
export function collectCandidates(sources: CandidateSources): readonly Candidate[] {
  const { config, hints, demoBaseUrl, ownPorts } = sources;
  const demo: readonly Candidate[] =
    demoBaseUrl === undefined
      ? []
      : expand(demoBaseUrl, { source: 'demo', isConfigured: true, id: 'demo', name: 'Demo' });
  const configured = config['engines.addresses'].flatMap((entry, index) =>
    expand(entry.url, {
      source: 'configured',
      detail: `flm.engines.addresses[${index}]`,
      isConfigured: true,
      ...(entry.name === undefined ? {} : { name: entry.name }),
      ...(entry.id === undefined ? {} : { id: entry.id }),
      ...(entry.kind === undefined ? {} : { kind: entry.kind }),
      ...(entry.capabilities === undefined ? {} : { capabilities: entry.capabilities }),
      ...(entry.health === 'passive' ? { passiveModels: entry.models ?? [] } : {}),
    }),
  );
  const extra = config['engines.extraPorts'].flatMap((port) => loopback(port, 'configured', 'flm.engines.extraPorts'));
  const found = config['engines.detect']
    ? [
        ...hints.flatMap((hint) =>
          expand(hint.baseUrl, { source: hint.source, detail: hint.detail, isConfigured: false }),
        ),
        ...Object.values(defaultPorts).flatMap((port) => loopback(port, 'default-port', String(port))),
      ]
    : [];
  return unique([...demo, ...configured, ...found, ...extra]).filter(
    (candidate) => candidate.source === 'demo' || !isOwn(candidate.baseUrl, ownPorts),
  );
}

function expand(url: string, facts: Omit<Candidate, 'baseUrl' | 'group' | 'keyUrl'>): readonly Candidate[] {
  const normal = normalizeBaseUrl(url);
  if (normal === undefined) return [];
  const literals = literalBaseUrls(normal);
  // A passive engine is never probed, so there is no winner to find: the first literal it is.
  if (facts.passiveModels !== undefined)
    return literals.slice(0, 1).map((baseUrl) => ({ ...facts, baseUrl, keyUrl: normal }));
  return literals.map((baseUrl) =>
    literals.length === 1 ? { ...facts, baseUrl } : { ...facts, baseUrl, group: normal, keyUrl: normal },
  );
}

function loopback(port: number, source: EngineSource, detail: string): readonly Candidate[] {
  return loopbackHosts.map((host) => ({ baseUrl: `http://${host}:${port}`, source, detail, isConfigured: false }));
}

function unique(candidates: readonly Candidate[]): readonly Candidate[] {
  const byUrl = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (!byUrl.has(candidate.baseUrl)) byUrl.set(candidate.baseUrl, candidate);
  }
  return [...byUrl.values()];
}

function isOwn(baseUrl: string, ownPorts: readonly number[]): boolean {
  return ownPorts.includes(portOf(baseUrl)) && isLoopbackUrl(baseUrl);
}
