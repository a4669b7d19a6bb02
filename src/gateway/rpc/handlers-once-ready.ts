import type { RpcHandlers, RpcPeer } from './rpc-handlers';

/** The same handlers, none of which runs before `ready`. `onAsk` hears of each request as it comes. */
export function handlersOnceReady(
  ready: Promise<void>,
  handlers: RpcHandlers,
  onAsk: (name: keyof RpcHandlers) => void,
): RpcHandlers {
  type Handler = (params: unknown, peer: RpcPeer) => unknown;
  const wait = (name: string, handler: Handler) => async (params: unknown, peer: RpcPeer) => {
    await ready;
    onAsk(name as keyof RpcHandlers);
    return handler(params, peer);
  };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, wait(name, handler as Handler)]),
  ) as unknown as RpcHandlers;
}
