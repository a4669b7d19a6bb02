import { engineLabels } from '../core/engine';
import { reason, type Reason } from '../core/reason';
import { literalBaseUrls, normalizeBaseUrl } from './base-url';
import type { EngineRecord, Visit } from './engine-record';
import { newRecord } from './engine-record';

/** What one look at an address showed that somebody thinks of adding. */
export type AddressProbe =
  | { readonly ok: true; readonly baseUrl: string; readonly label: string; readonly models: number }
  | { readonly ok: false; readonly needsKey: boolean; readonly reason: Reason };

/**
 * Looks at an address without keeping anything. `localhost` is tried by its literals; the first engine found is the
 * answer, else what is wrong with the first. Bounded by the limits of the visits.
 */
export async function probeAddress(
  text: string,
  visit: (record: EngineRecord) => Promise<Visit>,
): Promise<AddressProbe> {
  const normal = normalizeBaseUrl(text);
  if (normal === undefined) return refusal(reason('engine.badAddress', text.slice(0, 200)));
  const results = await Promise.all(
    literalBaseUrls(normal).map(async (baseUrl) => {
      const record = newRecord({ baseUrl, source: 'configured', isConfigured: true, keyUrl: normal });
      return describe(baseUrl, await visit(record));
    }),
  );
  return (
    results.find((result) => result.ok) ??
    results.find((result) => !result.ok && result.needsKey) ??
    results[0] ??
    refusal(reason('engine.notAnEngine'))
  );
}

function describe(baseUrl: string, visit: Visit): AddressProbe {
  switch (visit.type) {
    case 'self':
      return refusal(reason('engine.self'));
    case 'child':
    case 'stranger':
      return refusal(visit.reason);
    case 'silent':
    case 'closed':
      return describeObservation(baseUrl, visit.observation, 'kind' in visit ? engineLabels[visit.kind] : '', 0);
    case 'found': {
      const { finding, kind } = visit;
      const label = finding.version === undefined ? engineLabels[kind] : `${engineLabels[kind]} ${finding.version}`;
      return describeObservation(baseUrl, finding.observation, label, finding.models?.length ?? 0);
    }
  }
}

function describeObservation(
  baseUrl: string,
  seen: Extract<Visit, { type: 'closed' }>['observation'],
  label: string,
  models: number,
): AddressProbe {
  switch (seen.type) {
    case 'ok':
    case 'busy':
    case 'loading': // an engine that is not ready is still an engine
      return { ok: true, baseUrl, label, models };
    case 'needs-key':
      return {
        ok: false,
        needsKey: true,
        reason: reason(seen.hadKey ? 'engine.keyRejected' : 'engine.needsKey', seen.status),
      };
    case 'bad-answer':
    case 'unreachable':
      return refusal(seen.reason);
  }
}

function refusal(why: Reason): AddressProbe {
  return { ok: false, needsKey: false, reason: why };
}
