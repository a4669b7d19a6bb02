import type { CommandHandler } from '../command-services';

/** Ends open streams and frees the port. Does not start a gateway only to stop its proxy. */
export const stopProxy: CommandHandler = async ({ gateway }) => {
  if (gateway.status.phase === 'idle') return;
  await gateway.request('proxy/stop', {});
};
