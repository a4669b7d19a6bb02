import type { LocalizedStrings } from '../../protocol/panel-strings';
import type { Localizer } from '../localizer';
import { blocklistTexts } from './texts/blocklist-texts';
import { eventTexts } from './texts/event-texts';
import { keysTexts } from './texts/keys-texts';
import { overviewTexts } from './texts/overview-texts';
import { policyFieldTexts } from './texts/policy-field-texts';
import { policyTexts } from './texts/policy-texts';
import { sharedTexts } from './texts/shared-texts';
import { sharingTexts } from './texts/sharing-texts';
import { signTexts } from './texts/sign-texts';
import { whyTexts } from './texts/why-texts';

/** All texts of the panel in the reader's language. A text that is missing does not compile. */
export function panelTexts(l10n: Localizer): LocalizedStrings {
  return {
    ...sharedTexts(l10n),
    ...eventTexts(l10n),
    ...whyTexts(l10n),
    ...signTexts(l10n),
    ...overviewTexts(l10n),
    ...sharingTexts(l10n),
    ...blocklistTexts(l10n),
    ...keysTexts(l10n),
    ...policyTexts(l10n),
    ...policyFieldTexts(l10n),
  };
}
