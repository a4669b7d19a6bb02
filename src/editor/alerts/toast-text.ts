import type { AuditEvent } from '../../core/audit';
import { ruleLabel } from '../blocks/block-facts';
import { formatAge, formatCount } from '../format';
import type { Localizer } from '../localizer';
import { messageText } from '../safe-text';
import { interruptionKinds, type Interruption, type InterruptionKind, type Toast } from './interruptions';

/** What a toast needs to know besides its event. */
export interface ToastFacts {
  /** What people call a key; the id where it is not known. */
  readonly keyLabel: (id: string) => string;
  /** Who can reach the gateway after a change, as a sentence. */
  readonly exposure: (event: AuditEvent) => string;
  /** What the check-up found, in the reader's words where they are known, fit for a message. */
  readonly hole: (event: AuditEvent) => string;
}

export function toastText(l10n: Localizer, toast: Toast, facts: ToastFacts): string {
  return toast.type === 'single' ? singleText(l10n, toast.interruption, facts) : sumText(l10n, toast.counts);
}

function singleText(l10n: Localizer, { kind, event }: Interruption, facts: ToastFacts): string {
  const address = messageText(event.address ?? '?');
  switch (kind) {
    case 'block':
      return blockText(l10n, event, address);
    case 'decoy':
      return l10n.t(
        'Somebody at {0} used the decoy key “{1}”. The place you left it in is known to others.',
        address,
        messageText(facts.keyLabel(event.keyId ?? '?')),
      );
    case 'exposure':
      return l10n.t('Who can reach the gateway has changed. {0}', facts.exposure(event));
    case 'hole':
      return l10n.t('The exposure check-up found a hole: {0}', facts.hole(event));
    case 'throttle':
      return l10n.t('This machine is short of memory, so FLM takes no new requests from other machines for now.');
  }
}

function blockText(l10n: Localizer, event: AuditEvent, address: string): string {
  const why = messageText(ruleLabel(l10n, event.rule ?? ''));
  const expiresAt = event.details?.expiresAt;
  // The event is written a moment after the block: 59:59.999 are an hour.
  return typeof expiresAt === 'number'
    ? l10n.t(
        'FLM blocked {0} for {1}: {2}.',
        address,
        formatAge(l10n, Math.ceil((expiresAt - event.at) / 1000) * 1000),
        why,
      )
    : l10n.t('FLM blocked {0} until you lift it: {1}.', address, why);
}

function sumText(l10n: Localizer, counts: Readonly<Partial<Record<InterruptionKind, number>>>): string {
  const sentences: Record<InterruptionKind, (count: number) => string> = {
    decoy: (count) =>
      count === 1
        ? l10n.t('A decoy key was used.')
        : l10n.t('Decoy keys were used from {0} addresses.', formatCount(count, l10n.language)),
    exposure: () => l10n.t('Who can reach the gateway has changed.'),
    hole: (count) =>
      count === 1
        ? l10n.t('The exposure check-up found a hole.')
        : l10n.t('The exposure check-up found {0} holes.', formatCount(count, l10n.language)),
    block: (count) =>
      count === 1
        ? l10n.t('1 more address was blocked.')
        : l10n.t('{0} more addresses were blocked.', formatCount(count, l10n.language)),
    throttle: () =>
      l10n.t('This machine is short of memory, so FLM takes no new requests from other machines for now.'),
  };
  return interruptionKinds
    .filter((kind) => (counts[kind] ?? 0) > 0)
    .map((kind) => sentences[kind](counts[kind] ?? 0))
    .join(' ');
}
