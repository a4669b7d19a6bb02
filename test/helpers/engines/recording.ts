import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { pause } from './pause';

/** A folder of test/fixtures: where the recordings came from. */
export type RecordedEngine = 'llamacpp' | 'ollama' | 'vllm';

function folderOf(engine: RecordedEngine): string {
  return fileURLToPath(new URL(`../../fixtures/${engine}/`, import.meta.url));
}

/** One answer as bytes off a socket, and what they say. */
export interface RawAnswer {
  /** Chunk sizes included. */
  readonly bytes: Buffer;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Header names as sent, in order. */
  readonly headerNames: readonly string[];
  /** The body without the transfer encoding. */
  readonly body: string;
}

/** One recorded answer of a real engine. */
export interface Recording extends RawAnswer {
  readonly name: string;
  /** What was asked; `undefined` where it was not kept. */
  readonly request: string | undefined;
  /** Reads as they arrived: milliseconds since the request, bytes. Streams only. */
  readonly reads: readonly { readonly atMs: number; readonly bytes: number }[];
}

/** Names of all recordings of an engine. */
export function recordingNames(engine: RecordedEngine = 'llamacpp'): string[] {
  return readdirSync(folderOf(engine))
    .filter((file) => file.endsWith('.txt') && !/\.(request|timing)\.txt$/.test(file))
    .map((file) => file.slice(0, -'.txt'.length));
}

/** Reads a recording from test/fixtures. */
export function readRecording(name: string, engine: RecordedEngine = 'llamacpp'): Recording {
  const folder = folderOf(engine);
  return {
    name,
    ...parseAnswer(readFileSync(`${folder}${name}.txt`)),
    request: readOptional(`${folder}${name}.request.txt`),
    reads: (readOptional(`${folder}${name}.timing.txt`) ?? '')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.split(' ').map(Number))
      .map(([atMs = 0, count = 0]) => ({ atMs, bytes: count })),
  };
}

/** Takes an answer apart; interim answers (`100 Continue`) are skipped. */
export function parseAnswer(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  if (status >= 100 && status < 200) return parseAnswer(bytes.subarray(end + 4));
  const pairs = lines
    .map((line) => /^([^:]+): ?(.*)$/.exec(line))
    .map((match) => [match?.[1] ?? '', match?.[2] ?? ''] as const);
  const headers = new Map(pairs.map(([key, value]) => [key.toLowerCase(), value]));
  const body = bytes.subarray(end + 4);
  return {
    bytes,
    status,
    headers,
    headerNames: pairs.map(([key]) => key),
    body: (headers.get('transfer-encoding') === 'chunked' ? unchunk(body) : body).toString('utf8'),
  };
}

/** The JSON objects of an SSE body; `[DONE]` and comments left out. */
export function sseObjects(body: string): unknown[] {
  return body
    .split(/\n\n+/)
    .flatMap((event) => event.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice('data: '.length))
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as unknown);
}

export interface Replay {
  readonly url: string;
  readonly port: number;
  /** Raw requests as received. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/**
 * Serves a recording byte by byte as it was, whatever is asked. With `timing` in the reads and at the speed of the
 * recording (times `speed`), else at once.
 */
export async function replayRecording(
  name: string,
  options: {
    readonly engine?: RecordedEngine;
    readonly port?: number;
    readonly timing?: boolean;
    readonly speed?: number;
  } = {},
): Promise<Replay> {
  const recording = readRecording(name, options.engine);
  const requests: string[] = [];
  const stopped = new AbortController();
  const server = createServer({ noDelay: true }, (socket) => {
    let received = Buffer.alloc(0);
    const closed = new AbortController();
    socket.on('error', () => undefined);
    socket.once('close', () => closed.abort());
    stopped.signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      const request = wholeRequest(received);
      if (request === undefined) return;
      requests.push(request);
      received = Buffer.alloc(0);
      void send(closed.signal);
    });

    async function send(signal: AbortSignal): Promise<void> {
      let from = 0;
      let elapsed = 0;
      for (const read of options.timing === true ? recording.reads : []) {
        if (!(await pause((read.atMs - elapsed) / (options.speed ?? 1), signal))) return;
        elapsed = read.atMs;
        socket.write(recording.bytes.subarray(from, from + read.bytes));
        from += read.bytes;
      }
      if (from < recording.bytes.length && socket.writable) socket.write(recording.bytes.subarray(from));
      if (recording.headers.get('connection') === 'close') socket.end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: options.port ?? 0 }, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    stop: () => {
      stopped.abort();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The request, once its head and the promised body (or the last chunk) are there. */
function wholeRequest(bytes: Buffer): string | undefined {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end).toLowerCase();
  if (head.includes('transfer-encoding: chunked'))
    return text.endsWith('0\r\n\r\n') ? bytes.toString('utf8') : undefined;
  const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? '0');
  return bytes.length >= end + 4 + length ? bytes.toString('utf8') : undefined;
}

function unchunk(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString('latin1'), 16);
    if (!(size > 0)) break;
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
