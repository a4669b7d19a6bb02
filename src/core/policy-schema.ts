import { Type, type Static } from 'typebox';

export const securityModes = ['off', 'observe', 'enforce'] as const;
/** `observe` records what would happen; `enforce` does it. */
export type SecurityMode = (typeof securityModes)[number];

export const securityServices = ['blocklist', 'intrusion', 'anomaly', 'rateLimits', 'resources', 'honeypots'] as const;
export type SecurityService = (typeof securityServices)[number];

const serviceMode = Type.Enum(['inherit', ...securityModes], { default: 'inherit' });
const minutes = (value: number, maximum = 525_600): ReturnType<typeof Type.Number> =>
  Type.Number({ default: value, minimum: 0.1, maximum });
const count = (value: number, maximum = 1_000_000): ReturnType<typeof Type.Integer> =>
  Type.Integer({ default: value, minimum: 1, maximum });
const points = (value: number): ReturnType<typeof Type.Number> =>
  Type.Number({ default: value, minimum: 0, maximum: 1000 });
const ranges = (description: string): ReturnType<typeof Type.Array<ReturnType<typeof Type.String>>> =>
  Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { default: [], maxItems: 10_000, description });
const strict = { additionalProperties: false } as const;

/** Paths that only scanners ask for. Never a prefix of a real route, nothing under `/.well-known/`. */
export const defaultDecoyPaths = [
  '/admin',
  '/administrator',
  '/.env',
  '/.git/config',
  '/.git/HEAD',
  '/.aws/credentials',
  '/.ssh/id_rsa',
  '/.DS_Store',
  '/wp-login.php',
  '/wp-admin',
  '/xmlrpc.php',
  '/phpmyadmin',
  '/pma',
  '/phpinfo.php',
  '/actuator',
  '/actuator/env',
  '/server-status',
  '/cgi-bin/',
  '/manager/html',
  '/solr',
  '/vendor/phpunit/phpunit/src/util/php/eval-stdin.php',
  '/boaform/admin/formlogin',
  '/hnap1',
  '/config.json',
  '/backup.sql',
] as const;

/** The whole security policy. Every threshold of every service; what each means is in its `description`. */
export const policySchema = Type.Object(
  {
    version: Type.Literal(1, { default: 1 }),
    mode: Type.Enum(['auto', ...securityModes], {
      default: 'auto',
      description: 'auto: observe while only this machine can reach the gateway, enforce otherwise.',
    }),
    services: Type.Object(
      {
        blocklist: serviceMode,
        intrusion: serviceMode,
        anomaly: serviceMode,
        rateLimits: serviceMode,
        resources: serviceMode,
        honeypots: serviceMode,
      },
      { ...strict, description: 'Mode of one service; inherit follows the mode above.' },
    ),
    allowlist: ranges('Addresses and CIDR ranges that are never blocked or limited.'),
    trustedProxies: ranges('Reverse proxies whose X-Forwarded-For and Forwarded headers are believed.'),
    corsOrigins: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
      default: [],
      maxItems: 100,
      description: 'Web origins that may call from a browser.',
    }),
    requireKeyOnLoopback: Type.Boolean({ default: false, description: 'Ask programs on this machine for a key, too.' }),
    tls: Type.Object(
      {
        mode: Type.Enum(['off', 'self-signed', 'files', 'acme'], { default: 'off' }),
        plainHttp: Type.Boolean({
          default: false,
          description: 'Let other machines connect without encryption, where mode is off.',
        }),
        certFile: Type.Optional(
          Type.String({ minLength: 1, maxLength: 4096, description: 'PEM: the certificate first, then its chain.' }),
        ),
        keyFile: Type.Optional(
          Type.String({ minLength: 1, maxLength: 4096, description: 'PEM: the private key, not encrypted.' }),
        ),
        acme_domain: Type.Optional(
          Type.String({
            maxLength: 255,
            description: 'Public name of this machine. A wildcard (*.example.org) needs acme_dnsHook.',
          }),
        ),
        acme_email: Type.Optional(Type.String({ maxLength: 320, description: 'Where the CA writes about expiry.' })),
        acme_terms: Type.Boolean({
          default: false,
          description: "The CA's terms of service were read and accepted. Before that nothing is sent to it.",
        }),
        acme_directory: Type.String({
          default: 'letsencrypt',
          minLength: 1,
          maxLength: 2000,
          description: 'letsencrypt, letsencrypt-staging, or the https URL of another ACME directory.',
        }),
        acme_caFile: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 4096,
            description: "PEM: CA of the directory's own certificate, where a private ACME server is used.",
          }),
        ),
        acme_httpPort: Type.Integer({
          default: 80,
          minimum: 1,
          maximum: 65_535,
          description: "Port on which the CA's question is answered; port 80 of the domain has to lead there.",
        }),
        acme_dnsHook: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 4096,
            description:
              'Absolute path of a program that publishes the DNS record: it is run with set or remove, record name, value. DNS is then used instead of HTTP.',
          }),
        ),
      },
      strict,
    ),
    authFailures: Type.Object(
      {
        ladder: Type.Array(
          Type.Object(
            {
              failures: count(5, 64),
              minutes: Type.Union([Type.Number({ minimum: 0.1, maximum: 525_600 }), Type.Null()], {
                description: 'null: until lifted.',
              }),
            },
            strict,
          ),
          {
            default: [
              { failures: 5, minutes: 30 },
              { failures: 10, minutes: 1440 },
              { failures: 20, minutes: null },
            ],
            minItems: 1,
            maxItems: 20,
            description: 'Distinct wrong keys from one address → length of the block.',
          },
        ),
        sameKeySeconds: Type.Number({ default: 30, minimum: 1, maximum: 3600 }),
        forgetMinutes: minutes(1440),
      },
      strict,
    ),
    scoring: Type.Object(
      {
        halfLifeMinutes: minutes(10, 1440),
        warnAt: points(50),
        blockAt: points(100),
        blockMinutes: minutes(60),
        longBlockAt: points(200),
        longBlockMinutes: minutes(1440),
        perRequest: points(40),
        perCategory: points(60),
        trustMinutes: minutes(10, 1440),
        trustFactor: Type.Number({
          default: 0.5,
          minimum: 0,
          maximum: 1,
          description: 'Gains are multiplied by this after a recent authenticated success.',
        }),
      },
      strict,
    ),
    intrusion: Type.Object(
      {
        disabledRules: Type.Array(Type.String({ maxLength: 80 }), { default: [], maxItems: 500 }),
        refuseAt: Type.Number({
          default: 40,
          minimum: 1,
          maximum: 1000,
          description: 'Points of one request from which it is refused by itself.',
        }),
      },
      strict,
    ),
    anomaly: Type.Object(
      {
        requestsPerSecond: count(100),
        requestsPerMinute: count(1000),
        windowsBeforeScoring: count(3, 100),
        ratePoints: points(20),
        unknownPathsPerMinute: count(30, 100_000),
        unknownPathPoints: points(3),
        malformedPoints: points(10),
        oversizedPoints: points(10),
        slowUploadPoints: points(10),
        connectionsPerAddress: count(512, 65_535),
        connectionPoints: points(20),
        identicalPerMinute: count(60, 100_000),
        identicalMinutes: count(5, 60),
        identicalPoints: points(10),
      },
      strict,
    ),
    rateLimits: Type.Object(
      {
        addressPerMinute: count(1000),
        keyPerMinute: count(600),
        keyConcurrency: count(32, 10_000),
        slots: count(64, 10_000),
        queueLength: count(256, 10_000),
        queueSeconds: Type.Number({ default: 30, minimum: 0.1, maximum: 600 }),
      },
      strict,
    ),
    resources: Type.Object(
      {
        engagePercent: Type.Number({ default: 90, minimum: 10, maximum: 100 }),
        releasePercent: Type.Number({ default: 80, minimum: 5, maximum: 100 }),
        holdSeconds: Type.Number({ default: 10, minimum: 1, maximum: 600 }),
        eventLoopDelayMs: Type.Number({ default: 250, minimum: 10, maximum: 60_000 }),
        sampleSeconds: Type.Number({ default: 2, minimum: 0.5, maximum: 60 }),
        remoteSlotShare: Type.Number({ default: 0.5, minimum: 0, maximum: 1 }),
        retryAfterSeconds: count(10, 3600),
      },
      strict,
    ),
    honeypots: Type.Object(
      {
        paths: Type.Array(Type.String({ minLength: 2, maxLength: 300, pattern: '^/' }), {
          default: [...defaultDecoyPaths],
          maxItems: 500,
        }),
        points: points(40),
        distinctToBlock: count(3, 100),
        windowMinutes: minutes(10, 1440),
      },
      strict,
    ),
    audit: Type.Object(
      {
        retentionDays: Type.Number({ default: 7, minimum: 1, maximum: 3650 }),
        maxRows: count(100_000, 10_000_000),
      },
      strict,
    ),
  },
  {
    ...strict,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'FLM security policy',
  },
);

/** Every field present and valid. Replaced on change, never changed. */
export type SecurityPolicy = Static<typeof policySchema>;
