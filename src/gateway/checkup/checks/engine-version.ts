import type { Engine } from '../../../core/engine';
import { reason, type Reason } from '../../../core/reason';
import type { CheckupFinding } from '../../../protocol/sharing-rpc';
import type { Check } from '../check';
import { updateFix } from '../engine-fixes';
import { holesOf, isMeaningfulVersion } from '../known-holes';
import { bySeverity } from '../severity-order';
import { compareVersions } from '../version-order';

/** Engines whose version has published holes: one finding per engine, with the version that has none of them. */
export const engineVersion: Check = {
  id: 'engine-version',
  run: ({ engines, platform }) => {
    const running = engines.filter(({ baseUrl, state, source }) => {
      return baseUrl !== '' && state !== 'installed' && source !== 'demo';
    });
    return {
      findings: running.flatMap((engine) => findingOf(engine, platform)),
      skipped: running.filter((engine) => !isKnown(engine)).map(({ name }) => unknownVersion(name)),
    };
  },
};

function findingOf(engine: Engine, platform: NodeJS.Platform): CheckupFinding[] {
  const { kind, version = '' } = engine;
  const holes = [...holesOf(kind, version)].sort(bySeverity);
  const [worst] = holes;
  if (worst === undefined) return [];
  const fixedIn = holes
    .map((hole) => hole.fixedIn)
    .reduce((latest, one) => ((compareVersions(one, latest) ?? 0) > 0 ? one : latest));
  return [
    {
      check: engineVersion.id,
      severity: worst.severity,
      what: reason('checkup.version.what', engine.name, version, holes.map(({ id }) => id).join(', ')),
      why: reason('checkup.version.why', worst.effect),
      ...updateFix(kind, fixedIn, platform),
      source: worst.source,
      engineId: engine.id,
    },
  ];
}

function isKnown({ kind, version }: Engine): boolean {
  // Of other servers FLM has no list.
  return kind === 'openai' || (version !== undefined && isMeaningfulVersion(version));
}

function unknownVersion(name: string): Reason {
  return reason('checkup.version.unknown', name);
}
