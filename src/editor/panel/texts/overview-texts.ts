import type { LocalizedStrings } from '../../../protocol/panel-strings';
import type { Localizer } from '../../localizer';

export function overviewTexts(
  l10n: Localizer,
): Pick<LocalizedStrings, 'overview' | 'tiles'> {
  return {
    overview: {
      proxy: l10n.t('Proxy'),
      endpoints: l10n.t('Endpoints'),
      start: l10n.t('Start'),
      stop: l10n.t('Stop'),
      onlyThisMachine: l10n.t('only this machine'),
      shared: l10n.t('shared with the network'),
      range: l10n.t('Range'),
      traffic: l10n.t('Traffic'),
      who: l10n.t('Who uses it'),
      attention: l10n.t('Attention'),
      calm: l10n.t('Nothing needs your attention.'),
      moreBlocks: l10n.t('{0} more blocked'),
      requests: l10n.t('Requests'),
      all: l10n.t('All'),
      refused: l10n.t('Refused'),
      tokens: l10n.t('Tokens'),
      tokensPerSecond: l10n.t('Tokens per second'),
      tokensOut: l10n.t('Generated'),
      tokensIn: l10n.t('Prompt'),
      firstToken: l10n.t('Time to first token'),
      median: l10n.t('Median'),
      slowest: l10n.t('Slowest 5 %'),
      last: l10n.t('Last'),
      noUsage: l10n.t('No requests in this range. Start the proxy and point a tool at its endpoint.'),
      showEvents: l10n.t('Show its events'),
      time: l10n.t('Time'),
      numbers: l10n.t('Numbers'),
      numbersOf: l10n.t('Numbers: {0}'),
      chartNothing: l10n.t('{0}: none.'),
      chartPeak: l10n.t('{0}: at most {1}, at {2}.'),
      phases: {
        off: l10n.t('Off'),
        starting: l10n.t('Starting'),
        on: l10n.t('On'),
        stopping: l10n.t('Stopping'),
        failed: l10n.t('Failed'),
      },
      modes: {
        off: l10n.t('protection off'),
        observe: l10n.t('observes'),
        enforce: l10n.t('enforces'),
      },
      modeHints: {
        off: l10n.t('The security services are switched off.'),
        observe: l10n.t('FLM records what it would do and refuses nothing by score.'),
        enforce: l10n.t('FLM refuses and blocks by its policy.'),
      },
      from: {
        machine: l10n.t('This machine'),
        network: l10n.t('Network'),
        domain: l10n.t('Domain'),
      },
      usage: {
        key: l10n.t('Key'),
        address: l10n.t('Address'),
        model: l10n.t('Model'),
      },
      throttle: {
        1: l10n.t('The machine is under load: new requests wait in a queue.'),
        2: l10n.t('The machine is under load: other machines get fewer requests at a time.'),
        3: l10n.t('The machine is under load: new requests of other machines are refused for now.'),
        4: l10n.t('The machine is under heavy load: all new requests are refused for now.'),
      },
    },
    tiles: {
      label: l10n.t('Now'),
      requests: l10n.t('Requests/s'),
      tokens: l10n.t('Tokens/s'),
      firstToken: l10n.t('First token'),
      cpu: l10n.t('CPU'),
      memory: l10n.t('Memory'),
      blocked: l10n.t('Blocked now'),
      running: l10n.t('{0} running now'),
    },
  };
}
