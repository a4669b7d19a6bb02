import type { Engine } from '../../core/engine';
import type { Reason } from '../../core/reason';
import type { CheckupFinding } from '../../protocol/sharing-rpc';
import type { Check } from './check';
import type { CheckReply } from './check-http';
import { fingerprintPath, isOpenAnswer } from './engine-fingerprint';
import { engineFix } from './engine-fixes';
import { localEngines } from './local-engines';

/** What a hostile web page could ask an engine, and what it means that it answers. */
export interface EngineQuestion {
  /** Name of the findings. */
  readonly id: string;
  readonly problem: 'cors' | 'rebinding';
  readonly headers: (engine: Engine) => Readonly<Record<string, string>>;
  /** Whether an answer without a key lets the page in; undefined: any does. */
  readonly letsIn?: (reply: CheckReply) => boolean;
  readonly what: (engine: Engine) => Reason;
  readonly why: Reason;
  readonly source: string;
}

/** Asks every engine of this machine at once; one that asks for a key is no finding. */
export function engineCheck({ id, problem, headers, letsIn, what, why, source }: EngineQuestion): Check {
  return {
    id,
    run: async (facts, { http }, signal) => {
      const found = await Promise.all(
        localEngines(facts).map(async (engine): Promise<CheckupFinding[]> => {
          const url = `${engine.baseUrl}${fingerprintPath(engine.kind)}`;
          const reply = await http.send({ url, headers: headers(engine), verifiesTls: false }, signal);
          if (reply === undefined || !isOpenAnswer(engine.kind, reply) || letsIn?.(reply) === false) return [];
          return [
            {
              check: id,
              severity: 'medium',
              what: what(engine),
              why,
              ...engineFix(engine.kind, problem, facts.platform),
              source,
              engineId: engine.id,
            },
          ];
        }),
      );
      return { findings: found.flat() };
    },
  };
}
