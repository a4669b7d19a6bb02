import type { EngineKind } from '../../core/engine';
import type { CheckupFinding } from '../../protocol/sharing-rpc';
import { compareVersions } from './version-order';

/** A published hole of an engine's server that somebody who can send requests to it can use. */
export interface KnownHole {
  readonly kind: EngineKind;
  readonly id: string;
  /** What it lets somebody do, in a few English words: a technical term, shown as it is. */
  readonly effect: string;
  readonly severity: CheckupFinding['severity'];
  /** First version with it; undefined: always there. */
  readonly since?: string;
  /** First version without it. */
  readonly fixedIn: string;
  readonly source: string;
}

/**
 * Holes with a fixed version that the named advisory (or the project's own fix) states, as of November 2026. Left out on
 * purpose: holes of parts that FLM never meets (RPC back-ends, converters, model files of one's own choosing), those
 * without a fix, and LM Studio, which publishes none and does not tell its version.
 */
export const knownHoles: readonly KnownHole[] = [
  {
    kind: 'ollama',
    id: 'CVE-2024-28224',
    effect: 'DNS rebinding: web pages use the whole API',
    severity: 'high',
    fixedIn: '0.1.29',
    source: 'https://github.com/advisories/GHSA-5jx5-hqx5-2vrj',
  },
  {
    kind: 'ollama',
    id: 'CVE-2024-37032',
    effect: 'path traversal while pulling a model: code execution',
    severity: 'critical',
    fixedIn: '0.1.34',
    source: 'https://github.com/advisories/GHSA-8hqg-whrw-pv92',
  },
  {
    kind: 'ollama',
    id: 'GO-2024-3245',
    effect: 'out-of-bounds read with a crafted model file: crash',
    severity: 'medium',
    fixedIn: '0.1.46',
    source: 'https://pkg.go.dev/vuln/GO-2024-3245',
  },
  {
    kind: 'ollama',
    id: 'CVE-2024-45436',
    effect: 'files written outside the model folder: code execution',
    severity: 'high',
    fixedIn: '0.1.47',
    source: 'https://nvd.nist.gov/vuln/detail/CVE-2024-45436',
  },
  {
    kind: 'ollama',
    id: 'CVE-2026-7482',
    effect: 'memory of the server read by anybody who can call /api/create',
    severity: 'critical',
    fixedIn: '0.17.1',
    source: 'https://pkg.go.dev/vuln/GO-2026-5748',
  },
  {
    kind: 'ollama',
    id: 'CVE-2026-108836',
    effect: 'requests to other machines through /api/pull',
    severity: 'medium',
    since: '0.34.0',
    fixedIn: '0.34.2',
    source: 'https://www.cve.org/CVERecord?id=CVE-2026-108836',
  },
  {
    kind: 'llamacpp',
    id: 'CVE-2025-52566',
    effect: 'heap overflow in the tokenizer',
    severity: 'high',
    fixedIn: 'b5721',
    source: 'https://github.com/ggml-org/llama.cpp/security/advisories/GHSA-7rxv-5jhh-j6xx',
  },
  {
    kind: 'llamacpp',
    id: 'CVE-2026-21869',
    effect: 'memory corruption by a completion request with a negative n_discard',
    severity: 'high',
    fixedIn: 'b8908',
    source: 'https://github.com/ggml-org/llama.cpp/pull/22267',
  },
  {
    kind: 'llamacpp',
    id: 'CVE-2026-107183',
    effect: 'use after free by a completion request with a chat_parser',
    severity: 'high',
    since: 'b8227',
    fixedIn: 'b11393',
    source: 'https://www.cve.org/CVERecord?id=CVE-2026-107183',
  },
  {
    kind: 'vllm',
    id: 'CVE-2025-62164',
    effect: 'memory corruption by prompt embeddings in a completion request',
    severity: 'high',
    since: '0.10.2',
    fixedIn: '0.11.1',
    source: 'https://nvd.nist.gov/vuln/detail/CVE-2025-62164',
  },
  {
    kind: 'vllm',
    id: 'CVE-2026-22778',
    effect: 'code execution by a video in a chat request',
    severity: 'critical',
    since: '0.8.3',
    fixedIn: '0.14.1',
    source: 'https://github.com/vllm-project/vllm/security/advisories/GHSA-4r2x-xpjr-7cvv',
  },
  {
    kind: 'vllm',
    id: 'CVE-2026-34756',
    effect: 'out of memory by one request with a large n',
    severity: 'medium',
    since: '0.1.0',
    fixedIn: '0.19.0',
    source: 'https://github.com/vllm-project/vllm/security/advisories/GHSA-3mwp-wvh9-7528',
  },
  {
    kind: 'vllm',
    id: 'CVE-2026-48746',
    effect: 'the API key is got around with a crafted Host header',
    severity: 'critical',
    since: '0.3.0',
    fixedIn: '0.22.0',
    source: 'https://github.com/vllm-project/vllm/security/advisories/GHSA-94f4-hr76-p5j6',
  },
  {
    kind: 'vllm',
    id: 'CVE-2026-105757',
    effect: 'the engine ends over a request with structured output',
    severity: 'medium',
    fixedIn: '0.30.0',
    source: 'https://github.com/advisories/GHSA-85xf-c7hm-whqw',
  },
];

/**
 * Whether a version says what was built: Ollama built from source says `0.0.0`, llama.cpp built without the history of
 * its repository counts its builds from 1.
 */
export function isMeaningfulVersion(version: string): boolean {
  const isUnreleased = /^v?0\.0\.0(?!\d)/.test(version) || /^b\d{1,3}(?!\d)/.test(version);
  return !isUnreleased && compareVersions(version, version) === 0;
}

/** Holes of that version. A version that is none, or says nothing, has none. */
export function holesOf(kind: EngineKind, version: string): readonly KnownHole[] {
  if (!isMeaningfulVersion(version)) return [];
  return knownHoles.filter((hole) => {
    if (hole.kind !== kind) return false;
    const isFixed = (compareVersions(version, hole.fixedIn) ?? 0) >= 0;
    const isBefore = hole.since !== undefined && (compareVersions(version, hole.since) ?? 0) < 0;
    return !isFixed && !isBefore;
  });
}
