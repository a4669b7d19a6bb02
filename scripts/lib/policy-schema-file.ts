import { policySchema } from '../../src/core/policy-schema';

/** What media/schemas/security-policy.schema.json must hold: the schema of the policy, every field optional. */
export function policySchemaJson(): string {
  return `${JSON.stringify(optional(JSON.parse(JSON.stringify(policySchema))), null, 2)}\n`;
}

/** A document may name only what it changes, so nothing outside lists is required. */
function optional(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const { properties, ...rest } = schema as { required?: unknown; properties?: Record<string, unknown> };
  delete rest.required;
  if (properties === undefined) return rest;
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, optional(value)])),
  };
}
