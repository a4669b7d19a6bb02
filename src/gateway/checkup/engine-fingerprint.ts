import type { EngineKind } from '../../core/engine';
import type { CheckReply } from './check-http';

interface Fingerprint {
  /** A request that an engine with a key refuses without it. */
  readonly path: string;
  /** The parsed answer is this engine's. */
  readonly fits: (body: Record<string, unknown>) => boolean;
}

const hasList = (body: Record<string, unknown>): boolean => Array.isArray(body.data);

/**
 * vLLM and LM Studio leave their other questions open although a key is set, and llama-server some builds' model list:
 * so each is asked what it guards.
 */
const fingerprints: Record<EngineKind, Fingerprint> = {
  ollama: { path: '/api/version', fits: (body) => typeof body.version === 'string' },
  llamacpp: { path: '/props', fits: (body) => 'default_generation_settings' in body || 'build_info' in body },
  vllm: { path: '/v1/models', fits: hasList },
  lmstudio: { path: '/v1/models', fits: hasList },
  openai: { path: '/v1/models', fits: hasList },
};

export function fingerprintPath(kind: EngineKind): string {
  return fingerprints[kind].path;
}

/** The engine answered as it does to those it lets in. */
export function isOpenAnswer(kind: EngineKind, reply: CheckReply | undefined): boolean {
  if (reply?.status !== 200) return false;
  try {
    const body: unknown = JSON.parse(reply.body);
    return typeof body === 'object' && body !== null && fingerprints[kind].fits(body as Record<string, unknown>);
  } catch {
    return false;
  }
}
