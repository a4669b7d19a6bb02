import type { Socket } from 'node:net';

/** First byte of a TLS record that carries a handshake (RFC 8446 §5.1); no HTTP method begins with it. */
const tlsHandshake = 0x16;

/**
 * Says what a client begins to speak, once its first byte is there. The byte is put back. A client that leaves or ends
 * before is closed and nothing is said; how long it may wait is the caller's business.
 */
export function detectTls(socket: Socket, decide: (isTls: boolean) => void): void {
  const look = (): void => {
    const first = socket.read(1) as Buffer | null;
    if (first === null) return;
    socket.off('readable', look).off('end', leave);
    socket.unshift(first);
    decide(first[0] === tlsHandshake);
  };
  const leave = (): void => void socket.destroy();
  socket.on('readable', look).once('end', leave);
}
