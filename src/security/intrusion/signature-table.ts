import type { Signature } from './signature';
import { codeInjection } from './signatures/code';
import { commandInjection } from './signatures/commands';
import { fileAccess } from './signatures/files';
import { markupInjection } from './signatures/markup';
import { networkAbuse } from './signatures/network';
import { sqlInjection } from './signatures/sqli';

/** Every signature. A new rule is a row in one of the tables. */
export const signatures: readonly Signature[] = [
  ...sqlInjection,
  ...fileAccess,
  ...commandInjection,
  ...codeInjection,
  ...markupInjection,
  ...networkAbuse,
];
