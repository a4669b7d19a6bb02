import { sendLlamaError } from './llama-server-errors';
import type { LlamaContext } from './llama-server-inference';
import type { RouterModel } from './llama-server-models';

/**
 * The model a request to a router means, loaded first where needed: no byte leaves meanwhile. Undefined after a refusal
 * or when the client left.
 */
export async function chooseRouterModel(context: LlamaContext, name: unknown): Promise<RouterModel | undefined> {
  const { exchange, simulator, script } = context;
  if (typeof name !== 'string' || name === '') {
    sendLlamaError(exchange, 400, 'model name is missing from the request');
    return undefined;
  }
  const model = script.router?.find((row) => row.id === name || row.aliases?.includes(name) === true);
  if (!model) {
    sendLlamaError(exchange, 400, `model '${name}' not found`);
    return undefined;
  }
  if (model.state === 'loaded') return model;
  const mayLoad = exchange.request.query.get('autoload') !== 'false' && script.routerAutoload !== false;
  if (!mayLoad && model.state !== 'sleeping') {
    sendLlamaError(exchange, 400, 'model is not loaded');
    return undefined;
  }
  if (script.routerIsFull === true) {
    sendLlamaError(exchange, 500, 'model limit reached, try again later');
    return undefined;
  }
  setRouterState(context, model.id, 'loading');
  const isHere = await simulator.load(exchange);
  if (model.failedWith !== undefined) {
    setRouterState(context, model.id, 'unloaded');
    if (isHere) sendLlamaError(exchange, 500, `model name=${name} failed to load`);
    return undefined;
  }
  // The child goes on loading when the client that asked for it has left.
  setRouterState(context, model.id, 'loaded');
  return isHere ? model : undefined;
}

export function setRouterState(
  { simulator }: LlamaContext,
  id: string,
  state: NonNullable<RouterModel['state']>,
): void {
  const rows = simulator.scripted.router ?? [];
  simulator.script({ router: rows.map((row) => (row.id === id ? { ...row, state } : row)) });
}
