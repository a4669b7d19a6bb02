import type { AuditKind, Severity } from '../../core/audit';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';

/** What may happen, in the reader's words. */
export function kindLabels(l10n: Localizer): Readonly<Record<AuditKind, string>> {
  return {
    'auth.success': l10n.t('API key accepted'),
    'auth.failure': l10n.t('API key refused'),
    'auth.decoy': l10n.t('Decoy key used'),
    'block.added': l10n.t('Address blocked'),
    'block.changed': l10n.t('Block changed'),
    'block.removed': l10n.t('Block lifted'),
    'block.expired': l10n.t('Block ended'),
    'detection.intrusion': l10n.t('Intrusion attempt'),
    'detection.anomaly': l10n.t('Unusual traffic'),
    'detection.honeypot': l10n.t('Decoy path visited'),
    'detection.malformed': l10n.t('Malformed request'),
    'detection.tunnel': l10n.t('Tunnel or proxy noticed'),
    'throttle.rate': l10n.t('Rate limit reached'),
    'throttle.resource': l10n.t('Throttled to protect the machine'),
    'throttle.released': l10n.t('Throttling ended'),
    'key.created': l10n.t('API key created'),
    'key.changed': l10n.t('API key changed'),
    'key.rotated': l10n.t('API key rotated'),
    'key.revoked': l10n.t('API key revoked'),
    'share.created': l10n.t('Share created'),
    'share.changed': l10n.t('Share changed'),
    'share.ended': l10n.t('Share ended'),
    'policy.changed': l10n.t('Policy changed'),
    'config.changed': l10n.t('Settings changed'),
    'exposure.changed': l10n.t('Exposure changed'),
    'certificate.issued': l10n.t('New certificate in use'),
    'certificate.expiring': l10n.t('Certificate ends soon'),
    'certificate.failed': l10n.t('No certificate obtained'),
    'certificate.revoked': l10n.t('Certificate revoked'),
    'checkup.finding': l10n.t('Check-up found a hole'),
    'gateway.started': l10n.t('Gateway started'),
    'gateway.stopped': l10n.t('Gateway stopped'),
    'storage.recovered': l10n.t('Storage recovered'),
    'storage.failed': l10n.t('Storage failed'),
    'storage.retention': l10n.t('Old records archived'),
  };
}

/** What happened. A newer gateway may know kinds that this window does not. */
export function kindLabel(l10n: Localizer, kind: AuditKind): string {
  return (kindLabels(l10n) as Partial<Record<string, string>>)[kind] ?? plainText(kind);
}

export function severityLabel(l10n: Localizer, severity: Severity): string {
  const labels: Record<Severity, string> = {
    info: l10n.t('info'),
    low: l10n.t('low'),
    medium: l10n.t('medium'),
    high: l10n.t('high'),
    critical: l10n.t('critical'),
  };
  return (labels as Partial<Record<string, string>>)[severity] ?? plainText(severity);
}
