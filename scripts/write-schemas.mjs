// `node scripts/write-schemas.mjs`: writes the JSON Schemas that editors use for FLM's own files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { at } from './lib/project.mjs';
import { load } from './lib/typescript.mjs';

const { policySchemaJson } = await load('./policy-schema-file.ts');
mkdirSync(at('media', 'schemas'), { recursive: true });
writeFileSync(at('media', 'schemas', 'security-policy.schema.json'), policySchemaJson());
