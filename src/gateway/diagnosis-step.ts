import type { DiagnosisCode, DiagnosisStep } from '../protocol/gateway-rpc';

/** One step of a diagnosis with the arguments of its finding. */
export function step(
  name: DiagnosisStep['step'],
  ok: boolean,
  code: DiagnosisCode,
  ...args: (string | number)[]
): DiagnosisStep {
  return { step: name, ok, finding: { code, args } };
}
