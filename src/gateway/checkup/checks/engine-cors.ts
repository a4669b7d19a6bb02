import { reason } from '../../../core/reason';
import type { CheckupFinding } from '../../../protocol/sharing-rpc';
import type { Check } from '../check';
import { engineFix } from '../engine-fixes';
import { fingerprintPath, isOpenAnswer } from '../engine-fingerprint';
import { localEngines } from '../local-engines';

/** A web page that nobody trusts: `.invalid` is nobody's (RFC 6761 §6.4). */
export const foreignOrigin = 'https://flm-checkup.invalid';

/** Engines whose answers any web page in a browser on this machine may read. One that asks for a key is none. */
export const engineCors: Check = {
  id: 'engine-cors',
  run: async (facts, { http }, signal) => {
    const found = await Promise.all(
      localEngines(facts).map(async (engine): Promise<CheckupFinding[]> => {
        const url = `${engine.baseUrl}${fingerprintPath(engine.kind)}`;
        const reply = await http.send({ url, headers: { origin: foreignOrigin }, verifiesTls: false }, signal);
        const allowed = reply?.headers['access-control-allow-origin']?.trim();
        if (!isOpenAnswer(engine.kind, reply) || (allowed !== '*' && allowed !== foreignOrigin)) return [];
        return [
          {
            check: engineCors.id,
            severity: 'medium',
            what: reason('checkup.cors.what', engine.name, engine.baseUrl),
            why: reason('checkup.cors.why'),
            ...engineFix(engine.kind, 'cors', facts.platform),
            source: 'https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS',
            engineId: engine.id,
          },
        ];
      }),
    );
    return { findings: found.flat() };
  },
};
