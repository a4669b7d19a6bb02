import type { CommandHandler } from '../command-services';
import { startProxy as start } from '../start-proxy';

export const startProxy: CommandHandler = async (services) => {
  await start(services);
};
