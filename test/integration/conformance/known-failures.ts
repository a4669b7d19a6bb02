import type { EngineKind } from '../../../src/core/engine';

/** A cell that does not work, and why nothing can be done about it here. */
export interface KnownFailure {
  readonly kind: EngineKind;
  readonly feature: string;
  readonly reason: string;
}

export const knownFailures: readonly KnownFailure[] = [
  {
    kind: 'ollama',
    feature: 'one named tool',
    reason:
      'Ollama reads no tool_choice: it gets that tool alone, with x-flm-warning: tool-choice-not-forced; nothing makes it call.',
  },
];

export function knownFailure(kind: EngineKind, feature: string): KnownFailure | undefined {
  return knownFailures.find((known) => known.kind === kind && feature.startsWith(known.feature));
}
