import { reason } from '../../../core/reason';
import type { CheckupFinding } from '../../../protocol/sharing-rpc';
import type { Check } from '../check';
import { engineFix } from '../engine-fixes';
import { fingerprintPath, isOpenAnswer } from '../engine-fingerprint';
import { localEngines } from '../local-engines';

/** A name that can be nobody's (RFC 6761 §6.4), as a page that rebinds its own name would send it. */
export const foreignHost = 'flm-checkup.invalid';

/** Engines that answer whatever host they are called by, which is what DNS rebinding needs. */
export const engineRebinding: Check = {
  id: 'engine-rebinding',
  run: async (facts, { http }, signal) => {
    const found = await Promise.all(
      localEngines(facts).map(async (engine): Promise<CheckupFinding[]> => {
        const url = `${engine.baseUrl}${fingerprintPath(engine.kind)}`;
        const { port } = new URL(engine.baseUrl);
        const host = port === '' ? foreignHost : `${foreignHost}:${port}`;
        const reply = await http.send({ url, headers: { host }, verifiesTls: false }, signal);
        if (!isOpenAnswer(engine.kind, reply)) return [];
        return [
          {
            check: engineRebinding.id,
            severity: 'medium',
            what: reason('checkup.rebinding.what', engine.name, engine.baseUrl),
            why: reason('checkup.rebinding.why'),
            ...engineFix(engine.kind, 'rebinding', facts.platform),
            source: 'https://owasp.org/www-community/attacks/DNS_Rebinding',
            engineId: engine.id,
          },
        ];
      }),
    );
    return { findings: found.flat() };
  },
};
