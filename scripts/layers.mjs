// Who may import whom under src/. One table, read by the linter (eslint.config.mjs) and by the test that walks
// the imports (test/manifest/import-arrows.test.ts), so that the two cannot drift apart.

/** Packages that may be imported in one place only: package → folders under src/. */
export const packageHomes = {
  typebox: ['core'],
  'ipaddr.js': ['core'],
  tldts: ['core'],
  fastify: ['proxy'],
  '@fastify/*': ['proxy'],
  'acme-client': ['tls'],
  '@peculiar/*': ['tls'],
  undici: ['engines', 'proxy'],
  'eventsource-parser': ['proxy', 'editor'],
  'js-yaml': ['editor'],
  'jsonc-parser': ['editor'],
  qr: ['editor'],
  'sql.js': ['storage'],
  systeminformation: ['security'],
  'vscode-jsonrpc': ['gateway', 'editor'],
  vscode: ['editor', '.'],
};

/** Layer → layers it may import. `.` is src/ itself (extension.ts, compose.ts). */
export const layers = {
  core: [],
  protocol: ['core'],
  engines: ['core'],
  security: ['core'],
  storage: ['core'],
  proxy: ['core'],
  tls: ['core'],
  gateway: ['core', 'protocol', 'engines', 'security', 'storage', 'proxy', 'tls'],
  editor: ['core', 'protocol'],
  '.': ['core', 'protocol', 'editor'],
};

/** Layers without Node: nothing from `node:*` may be imported there. */
export const withoutNode = ['core', 'protocol'];
