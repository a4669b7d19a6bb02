import type { CommandHandler } from '../command-services';
import { startProxy } from '../start-proxy';

export const restartProxy: CommandHandler = async (services) => {
  await startProxy(services, 'proxy/restart');
};
