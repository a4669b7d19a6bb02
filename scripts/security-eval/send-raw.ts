import { connect } from 'node:net';
import type { RequestRow } from './evaluation-rows';

/** Longest wait for an answer. */
const TIMEOUT_MS = 2000;

/**
 * The bytes of a row, exactly: no client library may tidy up target or headers. Only what HTTP needs is added, and the
 * address the request is to come from.
 */
export function requestBytes(row: Pick<RequestRow, 'method' | 'uri' | 'headers' | 'body'>, address: string): Buffer {
  const lines = [`${row.method} ${row.uri} HTTP/1.1`];
  const names = new Set<string>();
  for (const [name, value] of Object.entries(row.headers ?? {})) {
    names.add(name.toLowerCase());
    lines.push(`${name}: ${value}`);
  }
  const body = Buffer.from(row.body ?? '', 'utf8');
  if (!names.has('host')) lines.push('Host: 127.0.0.1');
  if (body.length > 0 && !names.has('content-length') && !names.has('transfer-encoding')) {
    lines.push(`Content-Length: ${body.length}`);
  }
  lines.push(`X-Forwarded-For: ${address}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8'), body]);
}

/** Sends bytes on a connection of their own; resolves with the status, or 0 without one. Never rejects. */
export function sendRaw(port: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let head = '';
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0));
    };
    const timer = setTimeout(finish, TIMEOUT_MS);
    socket.on('data', (part) => {
      head += part.toString('latin1');
      if (head.includes('\r\n')) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
    socket.write(bytes);
  });
}
