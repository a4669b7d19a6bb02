import type { CommandHandler } from '../command-services';

export const showHidden: CommandHandler = ({ view }) => {
  view.setShowsHidden(true);
  return Promise.resolve();
};

export const concealHidden: CommandHandler = ({ view }) => {
  view.setShowsHidden(false);
  return Promise.resolve();
};
