import type { CommandHandler } from '../command-services';

export const openLog: CommandHandler = ({ showLog }) => {
  showLog();
  return Promise.resolve();
};
