import type { CommandHandler } from '../command-services';
import { openSettings as open } from '../open-settings';

export const openSettings: CommandHandler = (services) => open(services, `@ext:${services.extensionId}`);
