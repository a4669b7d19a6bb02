import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatEvent } from '../../../src/editor/language-models/chat-message';
import type { ChatRequest } from '../../../src/editor/language-models/chat-request';
import { ChatSender } from '../../../src/editor/language-models/chat-sender';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const chat: ChatRequest = {
  model: 'ollama/llama3.2:3b',
  messages: [{ role: 'user', parts: [{ kind: 'text', text: 'こんにちは' }] }],
  tools: [],
  mustCallTool: false,
  modelOptions: {},
};

function event(value: object | string): string {
  return `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
}

function text(content: string, finish: string | null = null): string {
  return event({ choices: [{ delta: { content }, finish_reason: finish }] });
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message: `Refused: ${code}`, code, type: 'x' } }));
}

describe('chats sent to the gateway', () => {
  let server: Server;
  let handler: Handler;
  let seen: { key: string | undefined; path: string; body: string }[];
  let keys: string[];
  let storedKey: string | undefined;
  let silenceLimitMs: number;

  beforeEach(async () => {
    seen = [];
    keys = ['flm-new'];
    storedKey = undefined;
    silenceLimitMs = 5000;
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        seen.push({ key: request.headers.authorization, path: request.url ?? '', body });
        handler(request, response, body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function send(signal = new AbortController().signal): Promise<ChatEvent[]> {
    const events: ChatEvent[] = [];
    const sender = new ChatSender({
      endpoint: () => Promise.resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`),
      key: {
        current: () => Promise.resolve(storedKey),
        renew: () => {
          storedKey = keys.shift() ?? assert.fail('no key left');
          return Promise.resolve(storedKey);
        },
      },
      silenceLimitMs: () => silenceLimitMs,
    });
    await sender.send(chat, (value) => events.push(value), signal);
    return events;
  }

  function stream(response: ServerResponse): ServerResponse {
    return response.writeHead(200, { 'content-type': 'text/event-stream' });
  }

  it('go to the chat completions route as JSON, without a key where none is needed', async () => {
    handler = (_, response) => stream(response).end(text('ok', 'stop'));

    await send();

    assert.equal(seen.length, 1);
    assert.equal(seen[0]!.path, '/v1/chat/completions');
    assert.equal(seen[0]!.key, undefined);
    assert.match(seen[0]!.body, /こんにちは/);
  });

  it('are answered piece by piece, whatever the bytes are cut into', async () => {
    const bytes = Buffer.from(`: keep-alive\n\n${text('日本')}${text('語', 'stop')}${event('[DONE]')}`);
    handler = (_, response) => {
      stream(response);
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    };

    assert.deepEqual(await send(), [
      { kind: 'text', text: '日本' },
      { kind: 'text', text: '語' },
    ]);
  });

  it('take an answer that comes as one JSON document', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ choices: [{ message: { content: 'All' }, finish_reason: 'stop' }] }));
    };

    assert.deepEqual(await send(), [{ kind: 'text', text: 'All' }]);
  });

  it("fail with the gateway's words and code", async () => {
    handler = (_, response) => refuse(response, 404, 'model_not_found');

    await assert.rejects(send(), { message: 'Refused: model_not_found', kind: 'not-found', code: 'model_not_found' });
  });

  it('fail by status where the refusal is not JSON', async () => {
    handler = (_, response) => response.writeHead(503).end('<html>');

    await assert.rejects(send(), /503/);
  });

  it('get a key when the gateway asks for one', async () => {
    handler = (request, response) =>
      request.headers.authorization === 'Bearer flm-new'
        ? stream(response).end(text('ok', 'stop'))
        : refuse(response, 401, 'key_missing');

    assert.deepEqual(await send(), [{ kind: 'text', text: 'ok' }]);
    assert.deepEqual(
      seen.map(({ key }) => key),
      [undefined, 'Bearer flm-new'],
    );
  });

  it('get a new key for one that the gateway does not know, once', async () => {
    storedKey = 'flm-old';
    handler = (_, response) => refuse(response, 401, 'key_invalid');

    await assert.rejects(send(), { kind: 'no-permissions' });
    assert.deepEqual(
      seen.map(({ key }) => key),
      ['Bearer flm-old', 'Bearer flm-new'],
    );
  });

  it('do not replace a key that somebody revoked', async () => {
    storedKey = 'flm-old';
    handler = (_, response) => refuse(response, 401, 'key_revoked');

    await assert.rejects(send(), { code: 'key_revoked' });
    assert.equal(seen.length, 1);
  });

  it('close their connection as soon as they are cancelled', async () => {
    const abort = new AbortController();
    let closed: Promise<unknown> | undefined;
    handler = (_, response) => {
      closed = once(response, 'close');
      stream(response).write(text('Hel'), () => abort.abort(new Error('cancelled')));
    };

    await assert.rejects(send(abort.signal), /cancelled/);

    await closed;
  });

  it('are not sent when they were cancelled before', async () => {
    handler = () => assert.fail('sent');

    await assert.rejects(send(AbortSignal.abort(new Error('cancelled'))), /cancelled/);
    assert.equal(seen.length, 0);
  });

  it('fail when the connection is lost in the middle', async () => {
    handler = (_, response) => stream(response).write(text('Hel'), () => response.destroy());

    await assert.rejects(send(), { code: 'engine_stream_broken' });
  });

  it('fail when the answer ends without an end', async () => {
    handler = (_, response) => stream(response).end(text('Hel'));

    await assert.rejects(send(), { code: 'engine_stream_broken' });
  });

  it('leave the connection when the answer is broken', async () => {
    let closed: Promise<unknown> | undefined;
    handler = (_, response) => {
      closed = once(response, 'close');
      stream(response).write(event({ error: { message: 'died', code: 'engine_error' } }));
    };

    await assert.rejects(send(), /died/);

    await closed;
  });

  it('do not wait for ever for a gateway that says nothing', async () => {
    silenceLimitMs = 50;
    handler = () => undefined;

    await assert.rejects(send(), /nothing for 0\.05 s/);
  });

  it('say where the gateway could not be reached', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const sender = new ChatSender({
      endpoint: () => Promise.resolve(`http://127.0.0.1:${port}/v1`),
      key: { current: () => Promise.resolve(undefined), renew: () => assert.fail('no') },
      silenceLimitMs: () => 1000,
    });

    await assert.rejects(
      sender.send(chat, () => undefined, new AbortController().signal),
      new RegExp(`cannot be reached at http://127\\.0\\.0\\.1:${port}/v1`),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
});
