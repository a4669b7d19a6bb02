import type { Check } from './check';
import { certificate } from './checks/certificate';
import { clockSkew } from './checks/clock-skew';
import { engineCors } from './checks/engine-cors';
import { engineOpen } from './checks/engine-open';
import { engineRebinding } from './checks/engine-rebinding';
import { engineVersion } from './checks/engine-version';
import { exposureMode } from './checks/exposure-mode';
import { keyFiles } from './checks/key-files';
import { plainHttp } from './checks/plain-http';
import { trustedProxies } from './checks/trusted-proxies';
import { tunnel } from './checks/tunnel';

/** Everything the check-up looks for. A further one is a file in `checks/` and a row here. */
export const checkTable: readonly Check[] = [
  engineOpen,
  exposureMode,
  plainHttp,
  certificate,
  engineVersion,
  engineCors,
  engineRebinding,
  keyFiles,
  tunnel,
  trustedProxies,
  clockSkew,
];
