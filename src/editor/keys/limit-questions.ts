import type { TextQuestion } from '../input/step-input';
import type { Localizer } from '../localizer';
import { addressesProblem, limitProblem, patternsProblem } from './key-checks';

/** Limits that are a number. */
export type NumberLimit = 'requestsPerMinute' | 'requestsPerDay' | 'tokensPerDay' | 'concurrency';

type Asked = Omit<TextQuestion, 'title' | 'place' | 'value'>;

const examples: Readonly<Record<NumberLimit, string>> = {
  requestsPerMinute: '60',
  requestsPerDay: '200',
  tokensPerDay: '100000',
  concurrency: '1',
};
const examplePattern = 'ollama/*';

/** A number that limits a key or a share. Empty: no limit. */
export function numberQuestion(l10n: Localizer, name: NumberLimit): Asked {
  const prompts: Record<NumberLimit, string> = {
    requestsPerMinute: l10n.t('Requests per minute; empty: no limit of its own'),
    requestsPerDay: l10n.t('Requests per day, counted anew from 00:00 UTC; empty: no limit'),
    tokensPerDay: l10n.t('Tokens per day, in and out together; empty: no limit'),
    concurrency: l10n.t('Requests answered at the same time; empty: no limit of its own'),
  };
  const validate = (text: string) => limitProblem(l10n, text);
  return { prompt: prompts[name], placeHolder: examples[name], validate, isOptional: true };
}

/** Where a key may be used from. Empty: anywhere. */
export function addressesQuestion(l10n: Localizer): Asked {
  return {
    prompt: l10n.t('Addresses and ranges the key may be used from; empty: from anywhere'),
    placeHolder: '192.168.1.20, 10.0.0.0/8',
    validate: (text) => addressesProblem(l10n, text),
    isOptional: true,
  };
}

/** Models by their ids, for when no engine offers any to choose from. Empty: all. */
export function patternsQuestion(l10n: Localizer): Asked {
  return {
    prompt: l10n.t('Model IDs, * for any characters; empty: all models'),
    placeHolder: examplePattern,
    validate: (text) => patternsProblem(l10n, text),
    isOptional: true,
  };
}
