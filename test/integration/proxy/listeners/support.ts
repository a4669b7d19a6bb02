import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpRequest, type Agent } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Other addresses of this machine, as Linux has them without being asked. Elsewhere tests with them are left out. */
export const otherAddresses = ['127.0.0.2', '127.0.0.3'] as const;
export const hasOtherAddresses = process.platform === 'linux';

/** An engine whose streams go on until told to end. */
export class HeldEngine {
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;
  readonly #streams: ServerResponse[] = [];
  requests = 0;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (req: IncomingMessage, res: ServerResponse) => this.#answer(req, res));
  }

  static async start(): Promise<HeldEngine> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HeldEngine(server);
  }

  /** Resolves when so many streams run. */
  async running(count: number): Promise<void> {
    await until(`${count} streams`, () => this.#streams.length >= count);
  }

  send(word: string): void {
    for (const stream of this.#streams) stream.write(chunk({ content: word }));
  }

  finish(): void {
    for (const stream of this.#streams.splice(0)) stream.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    this.requests++;
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(chunk({ role: 'assistant', content: 'one' }));
    this.#streams.push(res);
  }
}

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
}

export interface Call {
  readonly host: string;
  readonly port: number;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM: over TLS, trusting this CA. */
  readonly ca?: string;
  readonly servername?: string;
  readonly agent?: Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Sends one request and gives the answer as soon as its head is there; its text once it is whole. */
export async function open(call: Call): Promise<{ message: IncomingMessage; text: Promise<string> }> {
  const { host, port, path = '/health', body, headers = {}, ca, servername, agent } = call;
  const options = {
    host,
    port,
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(agent === undefined ? { agent: false as const } : { agent }),
  };
  const request =
    ca === undefined
      ? httpRequest(options)
      : httpsRequest({ ...options, ca, ...(servername === undefined ? {} : { servername }) });
  request.end(body === undefined ? undefined : JSON.stringify(body));
  const [message] = (await once(request, 'response')) as [IncomingMessage];
  const text = (async () => {
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
  })();
  text.catch(() => undefined);
  return { message, text };
}

export async function call(options: Call): Promise<Answer> {
  const { message, text } = await open(options);
  return { status: message.statusCode ?? 0, headers: message.headers, text: await text };
}

export const chatBody = { model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] };

/** Whether nothing listens there. */
export async function isRefused(host: string, port: number): Promise<boolean> {
  return call({ host, port }).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED',
  );
}

/** Lets everybody in: who may is not what these tests are about. */
export const admitAll = () => ({ ok: true, identity: { type: 'local' } }) as const;

const patienceMs = 20_000;

/** Waits turn by turn of the event loop; rejects, naming what it waited for, after 20 s. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
