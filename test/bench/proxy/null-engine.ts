import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An engine that does nothing: one model, a fixed answer, or a stream of `x-bench-chunks` chunks, 20 ms apart (50 tokens
 * a second), each carrying the time it was sent. Prints its port. Run as a process of its own.
 */
const chunkMs = 20;
const models = JSON.stringify({ object: 'list', data: [{ id: 'null', object: 'model', owned_by: 'bench' }] });
const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'null',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'x'.repeat(300) }, finish_reason: 'stop', logprobs: null },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 60, total_tokens: 70 },
});

const server = createServer((req, res) => {
  if (req.method === 'GET') {
    json(res, models);
    return;
  }
  const chunks = Number(req.headers['x-bench-chunks'] ?? 0);
  req.resume();
  req.on('end', () => {
    if (chunks > 0) stream(res, chunks);
    else json(res, answer);
  });
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log((server.address() as AddressInfo).port);
});

function json(res: ServerResponse, text: string): void {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
  res.end(text);
}

function stream(res: ServerResponse, chunks: number): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const send = (): void => {
    const isLast = sent++ === chunks;
    const delta = isLast ? {} : { content: ` ${process.hrtime.bigint()}` };
    const choice = { index: 0, delta, finish_reason: isLast ? 'stop' : null };
    const event = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'null', choices: [choice] };
    res.write(`data: ${JSON.stringify(event)}\n\n`);
    if (!isLast) return;
    clearInterval(timer);
    res.end('data: [DONE]\n\n');
  };
  const timer = setInterval(send, chunkMs);
  res.on('close', () => clearInterval(timer));
  send();
}
