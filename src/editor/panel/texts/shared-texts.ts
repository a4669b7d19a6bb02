import type { LocalizedStrings } from '../../../protocol/panel-strings';
import type { Localizer } from '../../localizer';

export function sharedTexts(
  l10n: Localizer,
): Pick<LocalizedStrings, 'common' | 'connection' | 'tabs' | 'units' | 'ranges' | 'durations'> {
  return {
    common: {
      title: l10n.t('FLM security'),
      close: l10n.t('Close'),
      cancel: l10n.t('Cancel'),
      save: l10n.t('Save'),
      copy: l10n.t('Copy'),
      copied: l10n.t('Copied.'),
      dismiss: l10n.t('Dismiss'),
      retry: l10n.t('Try Again'),
      loading: l10n.t('Loading…'),
      connecting: l10n.t('Connecting to the gateway…'),
      noAnswer: l10n.t('The gateway did not answer in time. Try again.'),
      thisMachine: l10n.t('this machine'),
      stale: l10n.t('Last updated {0}. {1}'),
    },
    connection: {
      idle: l10n.t('The gateway is not running yet.'),
      connecting: l10n.t('Connecting to the gateway.'),
      failed: l10n.t('The gateway cannot be reached. FLM keeps trying.'),
      incompatible: l10n.t('Another window runs a newer FLM. Reload this window to see its state.'),
      asOf: l10n.t('You see what was known at {0}.'),
    },
    tabs: {
      overview: l10n.t('Overview'),
      events: l10n.t('Events'),
      blocklist: l10n.t('Blocklist'),
      keys: l10n.t('Keys'),
      policy: l10n.t('Policy'),
    },
    units: {
      ms: l10n.t('{0} ms'),
      s: l10n.t('{0} s'),
      min: l10n.t('{0} min'),
      h: l10n.t('{0} h'),
      d: l10n.t('{0} d'),
    },
    ranges: {
      '1h': l10n.t('1 hour'),
      '24h': l10n.t('24 hours'),
      '7d': l10n.t('7 days'),
    },
    durations: {
      hour: l10n.t('1 hour'),
      day: l10n.t('1 day'),
      week: l10n.t('7 days'),
      month: l10n.t('30 days'),
      year: l10n.t('1 year'),
      forGood: l10n.t('Until lifted'),
    },
  };
}
