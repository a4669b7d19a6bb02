import type { Duplex } from 'node:stream';
import { normalizeAddress } from '../core/address';
import type { Gate } from '../core/request';
import { gatewayHeader } from '../core/upstream';
import { errorJson, openAiError, type OpenAiError } from './openai-error';

/** What Node's parser reports, as statuses; anything else is 400. */
const statuses: Readonly<Record<string, readonly [number, string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The request headers are larger than 32 KiB.'],
};
const badRequest = [400, 'Bad Request', 'The request is not valid HTTP.'] as const;

/**
 * Answers bytes that are no HTTP request, for which Node makes no request object (SECURITY.md, trap b), and reports
 * them. Connections that merely broke are not counted.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, gate: Gate, version: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const address = addressOf(socket);
  gate.report({ type: 'malformed', address, reason: error.code ?? 'unknown' });
  const [status, phrase, message] = statuses[error.code ?? ''] ?? badRequest;
  refuseRaw(socket, phrase, { ...openAiError('invalid_request', message), status }, version);
}

/** Refuses CONNECT, which Node hands over as a bare socket (trap c): FLM is no forward proxy. */
export function refuseConnect(socket: Duplex, gate: Gate, version: string): void {
  socket.on('error', () => undefined);
  const address = addressOf(socket);
  gate.report({ type: 'malformed', address, reason: 'CONNECT' });
  refuseRaw(socket, 'Method Not Allowed', openAiError('method_not_allowed', 'FLM is no forward proxy.'), version);
}

function refuseRaw(socket: Duplex, phrase: string, error: OpenAiError, version: string): void {
  const body = errorJson(error);
  const head = [
    `HTTP/1.1 ${error.status} ${phrase}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    `${gatewayHeader}: ${version}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function addressOf(socket: Duplex): string {
  return 'remoteAddress' in socket && typeof socket.remoteAddress === 'string'
    ? normalizeAddress(socket.remoteAddress)
    : '';
}
