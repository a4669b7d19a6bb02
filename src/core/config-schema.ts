import { Type, type Static, type TSchema } from 'typebox';
import { engineKinds } from './engine';
import { exposureScopes } from './exposure';
import { declarableCapabilities } from './model';

/** An engine the user named in the settings. */
export const configuredEngineSchema = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2048 }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
    /** Overrides the slug in model ids. */
    id: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' })),
    /** Skips the fingerprint: for servers behind something that hides it. */
    kind: Type.Optional(Type.Enum([...engineKinds])),
    /** `passive`: never probed, counted as healthy until a request fails (servers without a model list). */
    health: Type.Optional(Type.Enum(['active', 'passive'])),
    /** Models of a `passive` engine. */
    models: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { maxItems: 1000 })),
    /** What its chat models can do besides what it tells. */
    capabilities: Type.Optional(Type.Array(Type.Enum([...declarableCapabilities]), { maxItems: 3 })),
  },
  { additionalProperties: false },
);
export type ConfiguredEngine = Static<typeof configuredEngineSchema>;

/** How FLM sends requests to one engine. */
const engineRoutingSchema = Type.Object(
  {
    /** Requests it gets at once; more wait in FLM. Unset: what the engine says it can do, else any number. */
    concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 10000 })),
    /** `drain`: an answer nobody reads any more is read to its end, for engines that break when one is broken off. */
    onAbort: Type.Optional(Type.Enum(['cancel', 'drain'])),
  },
  { additionalProperties: false },
);

/**
 * Every setting the gateway reads, as JSON Schema. The keys are those of the `flm.*` settings without `flm.`; types,
 * limits and defaults in package.json must be the same, which test/manifest/settings.test.ts checks.
 */
export const settingSchemas = {
  /** Look for engines on this machine's usual addresses. Off: configured engines only. */
  'engines.detect': Type.Boolean({ default: true }),
  'engines.addresses': Type.Array(configuredEngineSchema, { default: [], maxItems: 64 }),
  /** Ports of this machine to try besides the usual ones. */
  'engines.extraPorts': Type.Array(Type.Integer({ minimum: 1, maximum: 65535 }), { default: [], maxItems: 64 }),
  /** Engine ids that are neither shown nor published. */
  'engines.hidden': Type.Array(Type.String({ maxLength: 80 }), { default: [], maxItems: 256 }),
  /** Age at which model metadata is fetched again. */
  'engines.cacheTtlMinutes': Type.Number({ default: 5, minimum: 0.1, maximum: 1440 }),
  /** Latency of the model list from which an engine counts as degraded. */
  'engines.degradedLatencyMs': Type.Integer({ default: 1500, minimum: 50, maximum: 60000 }),

  'proxy.port': Type.Integer({ default: 11435, minimum: 1024, maximum: 65535 }),
  /** Who can reach the proxy. Anything but `machine` needs an API key, a certificate and a person's confirmation. */
  'proxy.exposure': Type.Enum([...exposureScopes], { default: 'machine' }),
  /** With `interfaces`: addresses of this machine, or names of its interfaces. */
  'proxy.interfaces': Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { default: [], maxItems: 64 }),
  /** Start the proxy with VS Code. */
  'proxy.autoStart': Type.Boolean({ default: false }),
  'proxy.bodyLimitMiB': Type.Number({ default: 32, minimum: 0.001, maximum: 1024 }),
  /** Web origins that may call from a browser, e.g. `http://localhost:3000`. */
  'proxy.corsOrigins': Type.Array(Type.String({ maxLength: 300 }), { default: [], maxItems: 100 }),
  /** Host names, besides localhost and IP literals, under which the proxy may be called. */
  'proxy.allowedHosts': Type.Array(Type.String({ maxLength: 255 }), { default: [], maxItems: 100 }),
  /** Model for requests that name none. Empty: such requests are refused. */
  'proxy.defaultModel': Type.String({ default: '', maxLength: 512 }),
  /** Own names for models: `{ "gpt-4o": "ollama/llama3.2:3b" }`. */
  'proxy.aliases': Type.Record(Type.String(), Type.String({ maxLength: 512 }), { default: {}, maxProperties: 1000 }),
  /** Repairs of requests and answers that are not made, by their name in the header `x-flm-repair`. */
  'proxy.repairs.disabled': Type.Array(Type.String({ maxLength: 40 }), { default: [], maxItems: 100 }),
  /** A streaming client hears something at least so often; 0: never more than the engine says. */
  'proxy.heartbeatSeconds': Type.Number({ default: 15, minimum: 0, maximum: 3600 }),

  /** By engine id. */
  'routing.engines': Type.Record(Type.String(), engineRoutingSchema, { default: {}, maxProperties: 64 }),
  /** How long a model goes on loading after its client gave up, so that the next try finds it loaded; 0: not at all. */
  'routing.loadThroughSeconds': Type.Number({ default: 300, minimum: 0, maximum: 3600 }),

  /** Opening a connection to an engine. */
  'timeouts.connectSeconds': Type.Number({ default: 5, minimum: 0.1, maximum: 600 }),
  /** From sending a request to the first byte of its answer: cold loads of large models take minutes. */
  'timeouts.firstByteSeconds': Type.Number({ default: 600, minimum: 1, maximum: 86400 }),
  /** Between two pieces of an answer. */
  'timeouts.idleSeconds': Type.Number({ default: 300, minimum: 1, maximum: 86400 }),
  /** One probe of an engine. */
  'timeouts.probeSeconds': Type.Number({ default: 1.5, minimum: 0.1, maximum: 60 }),
  /** From the first byte of a client's request to its last. */
  'timeouts.uploadSeconds': Type.Number({ default: 120, minimum: 1, maximum: 3600 }),

  'log.level': Type.Enum(['trace', 'debug', 'info', 'warn', 'error'], { default: 'info' }),
} as const satisfies Record<string, TSchema>;

export type SettingKey = keyof typeof settingSchemas;

/** The whole configuration of the gateway: every key present, every value valid. Replaced on change, never changed. */
export type FlmConfig = { readonly [K in SettingKey]: Static<(typeof settingSchemas)[K]> };

export const settingKeys = Object.keys(settingSchemas) as SettingKey[];

/** For typebox users that want an object schema of all settings (the published JSON Schema of config files). */
export const configFileSchema = Type.Object(
  Object.fromEntries(settingKeys.map((key) => [key, Type.Optional(settingSchemas[key] as TSchema)])),
  { additionalProperties: false },
);
