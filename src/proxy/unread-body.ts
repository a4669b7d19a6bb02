import type { IncomingMessage } from 'node:http';

/** How long and how much of a refused upload is read and thrown away before the connection closes. */
const drainMs = 500;
const drainBytes = 8 * 1024 * 1024;

/**
 * The request has a body that is not read to its end. The bytes that were read tell it a turn earlier than Node, which
 * says `complete` only after it has handed over the last of them.
 */
export function hasUnreadBody(req: IncomingMessage, bytesRead: number): boolean {
  if (req.complete || req.readableEnded) return false;
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== bytesRead);
}

/**
 * Reads and drops what a client still sends after it was answered, within narrow limits, then calls `done` once. Closing
 * at once would send a TCP reset, which can erase the answer before the client has read it (RFC 9112 §9.6).
 */
export function drainRequest(req: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const finish = (): void => {
    clearTimeout(timer);
    req.off('data', count).off('end', finish).off('close', finish);
    done();
  };
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > drainBytes) req.pause();
  };
  const timer = setTimeout(finish, drainMs);
  timer.unref();
  req.on('data', count).once('end', finish).once('close', finish);
  req.resume();
}
