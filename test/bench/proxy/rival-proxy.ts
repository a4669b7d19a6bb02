import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';
import type { AddressInfo } from 'node:net';

/** `@fastify/http-proxy` in front of the engine of the first argument, and nothing else. Prints its port. */
async function main(): Promise<void> {
  const app = fastify({ logger: false });
  await app.register(httpProxy, { upstream: process.argv[2] as string });
  await app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  console.log((app.server.address() as AddressInfo).port);
}

void main();
