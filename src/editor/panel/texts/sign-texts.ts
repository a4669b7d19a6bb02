import type { LocalizedStrings } from '../../../protocol/panel-strings';
import { localizedTemplates, type Localizer } from '../../localizer';

/** What signs of attacks are called, and why FLM blocks. */
export function signTexts(l10n: Localizer): Pick<LocalizedStrings, 'causes' | 'signs'> {
  return {
    causes: localizedTemplates(l10n, ['block.guessing', 'block.decoys', 'block.score', 'block.neighbours']),
    signs: {
      sqli: l10n.t('SQL injection'),
      traversal: l10n.t('path traversal'),
      'file-access': l10n.t('reaching for system files'),
      rce: l10n.t('command injection'),
      php: l10n.t('an exploit for PHP'),
      java: l10n.t('an exploit for Java'),
      nodejs: l10n.t('an exploit for Node.js'),
      xss: l10n.t('script injection'),
      template: l10n.t('template injection'),
      ssrf: l10n.t('request forgery'),
      nosql: l10n.t('NoSQL injection'),
      injection: l10n.t('an exploit in a header'),
      deserialization: l10n.t('unsafe deserialization'),
      protocol: l10n.t('abuse of HTTP'),
      scanner: l10n.t('a scanner at work'),
      'script-probe': l10n.t("searching for other servers' scripts"),
      'file-probe': l10n.t('searching for secret files'),
      'admin-probe': l10n.t('searching for administration pages'),
      honeypot: l10n.t('a decoy path'),
      'honeypot.key': l10n.t('a decoy key'),
      'anomaly.rate': l10n.t('too many requests'),
      'anomaly.flood': l10n.t('a flood of requests'),
      'anomaly.unknown-paths': l10n.t('many unknown paths'),
      'anomaly.foreign-scripts': l10n.t("searching for other servers' scripts"),
      'anomaly.connections': l10n.t('many open connections'),
      'anomaly.body-size': l10n.t('an oversized body'),
      'anomaly.slow-upload': l10n.t('a slow upload'),
      'anomaly.slow-loris': l10n.t('requests held open'),
      'anomaly.identical-bodies': l10n.t('the same request over and over'),
      'anomaly.many-rows': l10n.t('more than is written down'),
      malformed: l10n.t('no valid HTTP'),
    },
  };
}
