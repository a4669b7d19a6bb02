import type { Admission, Gate, RequestFacts, Slot } from '../../src/core/request';

const localAdmission: Admission = { ok: true, identity: { type: 'local' } };

const keyMissing: Admission = {
  ok: false,
  refusal: {
    rule: 'key',
    code: 'key_missing',
    message: 'This gateway answers without an API key only to programs on its own machine.',
  },
};

const openSlot: Slot = { waitedMs: 0, release: () => undefined };

/**
 * The gate of tests that are about something else: direct calls from this machine come in, everything else is refused,
 * because without keys nobody else can show who they are. Counts nothing and queues nothing.
 */
export const openGate: Gate = {
  admit: (facts: RequestFacts) => (facts.isDirectLocal ? localAdmission : keyMissing),
  acquire: (_facts, signal) => (signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve(openSlot)),
  report: () => undefined,
  settled: () => undefined,
};
