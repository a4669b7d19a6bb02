import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock';
import { silentLogger } from '../../../src/core/logger';
import type { GatewayRequestName, GatewayRequests } from '../../../src/protocol/gateway-rpc';
import { GatewayClient } from '../../../src/editor/gateway/gateway-client';
import { NodeWorkerLauncher } from '../../../src/editor/gateway/worker-launcher';

// One window without an editor: told by lines on standard input, telling by lines on standard output.
const [dataDir = '', settings = '{}'] = process.argv.slice(2);
const tell = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

const client = new GatewayClient({
  dataDir,
  version: '1.2.3',
  launcher: new NodeWorkerLauncher(join(__dirname, 'gateway.js')),
  settings: () => JSON.parse(settings) as unknown,
  engineKeys: () => Promise.resolve({}),
  onLog: (level, message) => tell({ type: 'log', level, message }),
  clock: systemClock,
  log: silentLogger,
});
client.onDidChangeStatus((status) => tell({ type: 'status', status }));
client.start();

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, name, params } = JSON.parse(line) as { id: number; name: string; params: never };
  if (name === 'close') return void client.close().then(() => process.exit(0));
  client.request(name as GatewayRequestName, params as GatewayRequests[GatewayRequestName]['params']).then(
    (result) => tell({ type: 'answer', id, result }),
    (error: unknown) => tell({ type: 'answer', id, error: String(error) }),
  );
});
// The test runner is gone: so is the window.
process.stdin.once('end', () => process.exit(0));
// An extension host lives on, whatever its timers do.
setInterval(() => undefined, 60_000);
process.on('unhandledRejection', (error) => {
  tell({ type: 'unhandled', error: String(error) });
});
