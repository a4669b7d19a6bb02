import type { Reason } from '../../core/reason';
import type { PanelProxy, PanelSecurity, PanelSharing, PanelState } from '../../protocol/panel-messages';
import type { GatewayState } from '../../protocol/gateway-rpc';
import type { SecuritySummary } from '../../protocol/security-rpc';
import type { SharingSummary } from '../../protocol/sharing-rpc';
import type { GatewayStatus } from '../gateway-port';
import { localizeReason, type Localizer } from '../localizer';

/** Ids that are offered as a key's models; the field takes any other, too. */
const maxModels = 500;

/** What the page shows of the gateway's state: a pure function, sentences already in the reader's language. */
export function panelState(l10n: Localizer, status: GatewayStatus): PanelState {
  const { state, phase, reason } = status;
  return {
    connection: { phase, text: reason === undefined ? null : localizeReason(l10n, reason) },
    proxy: state === undefined ? null : proxyOf(l10n, state),
    endpoints: state?.sharing.endpoints ?? [],
    security: state === undefined ? null : summaryOf(l10n, state.security),
    sharing: state === undefined ? null : sharingOf(l10n, state.sharing),
    models: state === undefined ? [] : modelsOf(state),
  };
}

/** The members of `after` that differ; undefined when none does. */
export function changedMembers(before: PanelState, after: PanelState): Partial<PanelState> | undefined {
  const changed = (Object.keys(after) as (keyof PanelState)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

function proxyOf(l10n: Localizer, { proxy }: GatewayState): PanelProxy {
  const { notice, ...rest } = proxy;
  return { ...rest, notice: notice === undefined ? null : localizeReason(l10n, notice) };
}

function summaryOf(l10n: Localizer, summary: SecuritySummary): PanelSecurity {
  const { storage } = summary;
  const text = storage.kind === 'ok' ? null : localizeReason(l10n, storage.reason);
  return { ...summary, storage: { kind: storage.kind, text } };
}

function sharingOf(l10n: Localizer, { exposure, tls, shares, checkup }: SharingSummary): PanelSharing {
  const words = (value: Reason | undefined): string | null =>
    value === undefined ? null : localizeReason(l10n, value);
  return {
    exposure: { ...exposure, notice: words(exposure.notice) },
    tls: { ...tls, notice: words(tls.notice), cause: words(tls.cause) },
    shares,
    checkup:
      checkup === undefined
        ? null
        : {
            ...checkup,
            findings: checkup.findings.map((finding) => ({
              ...finding,
              what: localizeReason(l10n, finding.what),
              why: localizeReason(l10n, finding.why),
              fix: localizeReason(l10n, finding.fix),
            })),
            skipped: checkup.skipped.map((reason) => localizeReason(l10n, reason)),
          },
  };
}

function modelsOf(state: GatewayState): readonly string[] {
  return state.engines.engines
    .flatMap((engine) => engine.models.map((model) => `${engine.id}/${model.id}`))
    .slice(0, maxModels);
}
