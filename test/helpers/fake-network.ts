import { reason } from '../../src/core/reason';
import type { ProbeAnswer, ProbeFailure, ProbeRequest, Prober } from '../../src/engines/probe';

/** What a fake server answers: a status and a body, perhaps headers and a latency; or how it fails. */
export interface FakeReply {
  readonly status?: number;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly latencyMs?: number;
}
export type FakeAnswer = FakeReply | ProbeFailure['cause'] | Promise<FakeReply>;
export type FakeServer = (request: ProbeRequest) => FakeAnswer;

/** Servers by base URL. Where none is, the connection is refused. */
export class FakeNetwork implements Prober {
  readonly requests: ProbeRequest[] = [];
  readonly servers = new Map<string, FakeServer>();

  /** Puts a server at an address; undefined takes it away. */
  serve(baseUrl: string, server: FakeServer | undefined): void {
    if (server === undefined) this.servers.delete(baseUrl);
    else this.servers.set(baseUrl, server);
  }

  async send(request: ProbeRequest): Promise<ProbeAnswer> {
    this.requests.push(request);
    const answer = await (this.servers.get(request.baseUrl)?.(request) ?? 'refused');
    if (typeof answer === 'string')
      return { ok: false, cause: answer, reason: reason('engine.refused', request.baseUrl) };
    const { status = 200, body = '', headers = {}, latencyMs = 5 } = answer;
    return { ok: true, status, headers, latencyMs, body: typeof body === 'string' ? body : JSON.stringify(body) };
  }

  /** Paths asked for at an address, in order. */
  pathsAt(baseUrl: string): readonly string[] {
    return this.requests.filter((request) => request.baseUrl === baseUrl).map((request) => request.path);
  }
}

/** A server that answers by path, and with `otherwise` to everything else. */
export function routes(
  table: Readonly<Record<string, FakeAnswer>>,
  otherwise: FakeAnswer = { status: 404 },
): FakeServer {
  return (request) => table[request.path] ?? otherwise;
}

export function ollamaServer(ids: readonly string[] = ['qwen3:8b'], loaded: readonly string[] = []): FakeServer {
  const row = (id: string) => ({
    name: id,
    model: id,
    digest: `digest-${id}`,
    size: 5_200_000_000,
    modified_at: '2026-08-01T10:00:00.1+02:00',
    details: { family: 'qwen3', context_length: 40_960 },
    capabilities: ['completion'],
  });
  return routes({
    '/': { body: 'Ollama is running' },
    '/api/version': { body: { version: '0.32.15' } },
    '/api/tags': { body: { models: ids.map(row) } },
    '/api/ps': { body: { models: loaded.map((model) => ({ model, context_length: 4096 })) } },
    '/v1/models': { body: { object: 'list', data: ids.map((id) => ({ id, object: 'model', owned_by: 'library' })) } },
  });
}

export function llamaServer(id = 'tiny.gguf'): FakeServer {
  const headers = { server: 'llama.cpp' };
  return routes(
    {
      '/v1/models': { headers, body: { object: 'list', data: [{ id, object: 'model', owned_by: 'llamacpp' }] } },
      '/props': { headers, body: { default_generation_settings: { n_ctx: 2048 }, build_info: 'b1-abc' } },
    },
    { headers, status: 404, body: { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } } },
  );
}
