import type { IncomingMessage } from 'node:http';
import type { RequestFacts } from '../core/request';
import { forwardingHeader } from '../core/forwarding-header';
import { peerAddress } from './peer-address';
import type { ClientAddress } from './proxy-deps';
import { nextRequestId } from './request-id';
import { routeOf } from './route-table';

/**
 * Gathers what is known of a request before its body, from the socket and the raw headers alone. `isFromOutside`: its
 * Host or the listener it came in on says that it is not from this machine, whatever the socket's peer is.
 */
export function requestFacts(
  req: IncomingMessage,
  receivedAt: number,
  isFromOutside: boolean,
  clientAddress: ClientAddress | undefined,
): RequestFacts {
  const { address: socketAddress, isLoopback } = peerAddress(req.socket);
  const target = req.url ?? '';
  return {
    id: nextRequestId(),
    receivedAt,
    method: req.method ?? '',
    target,
    headers: req.headers,
    rawHeaders: req.rawHeaders,
    socketAddress,
    clientAddress: clientAddress?.(socketAddress, req.headers) ?? socketAddress,
    // A host literal that is not loopback, asked for over loopback, came through a port forward (`ssh -R`)
    isDirectLocal: !isFromOutside && isLoopback && forwardingHeader(req.headers) === undefined,
    route: routeOf(target),
    isTls: 'encrypted' in req.socket,
  };
}
