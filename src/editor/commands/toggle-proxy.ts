import type { CommandHandler } from '../command-services';
import { startProxy } from '../start-proxy';

/** Starts the proxy, or stops it when it is on or about to be. A click on the status bar. */
export const toggleProxy: CommandHandler = async (services) => {
  const phase = services.gateway.status.state?.proxy.phase;
  if (phase === 'on' || phase === 'starting') await services.gateway.request('proxy/stop', {});
  else await startProxy(services);
};
