import type { Engine } from '../../../core/engine';
import type { MachineAddress } from '../../../core/exposure';
import { reason } from '../../../core/reason';
import type { CheckupFinding } from '../../../protocol/sharing-rpc';
import type { Check, CheckTools } from '../check';
import { engineFix } from '../engine-fixes';
import { fingerprintPath, isOpenAnswer } from '../engine-fingerprint';
import { localEngines, underAddress } from '../local-engines';

/** Addresses of this machine that are tried per engine. */
const maxAddresses = 16;

/**
 * The way around the proxy: an engine that listens beyond loopback and asks nobody for a key. Asked at each address of
 * this machine, so whether a firewall stands before it cannot be told.
 */
export const engineOpen: Check = {
  id: 'engine-open',
  run: async (facts, tools, signal) => {
    // A link-local IPv6 address needs a zone, which is this machine's own name for the interface.
    const addresses = facts.addresses.filter(({ kind, family }) => kind !== 'link-local' || family === 4);
    const found = await Promise.all(
      localEngines(facts).map(async (engine): Promise<CheckupFinding[]> => {
        const open = await openAddresses(engine, addresses.slice(0, maxAddresses), tools, signal);
        if (open.length === 0) return [];
        return [
          {
            check: engineOpen.id,
            severity: open.some(({ kind }) => kind === 'public') ? 'critical' : 'high',
            what: reason('checkup.open.what', engine.name, open.map(({ address }) => address).join(', ')),
            why: reason('checkup.open.why'),
            ...engineFix(engine.kind, 'open', facts.platform),
            engineId: engine.id,
          },
        ];
      }),
    );
    return { findings: found.flat() };
  },
};

async function openAddresses(
  { kind, baseUrl }: Engine,
  addresses: readonly MachineAddress[],
  { http }: CheckTools,
  signal: AbortSignal,
): Promise<readonly MachineAddress[]> {
  const path = fingerprintPath(kind);
  const answers = await Promise.all(
    addresses.map(({ address }) =>
      http.send({ url: `${underAddress(baseUrl, address)}${path}`, verifiesTls: false }, signal),
    ),
  );
  return addresses.filter((_, index) => isOpenAnswer(kind, answers[index]));
}
