import type { CommandHandler } from '../command-services';

/** The row below a long list of models. Called with an engine id. */
export const showMoreModels: CommandHandler = ({ view }, argument) => {
  if (typeof argument === 'string') view.showMore(argument);
  return Promise.resolve();
};
