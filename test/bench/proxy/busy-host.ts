import type { GatewayWorkerData } from '../../../src/protocol/gateway-worker';
import { NodeWorkerLauncher } from '../../../src/editor/gateway/worker-launcher';

/**
 * An extension host whose main thread is blocked for 200 ms, again and again with 20 ms between, while the gateway runs
 * in its worker. Arguments: gateway.js, data folder, settings as JSON, whether to block. Prints `ready`.
 */
const [file, dataDir, settings, blocks] = process.argv.slice(2) as [string, string, string, string];
const data: GatewayWorkerData = { dataDir, version: '1.0.0', settings: JSON.parse(settings) as unknown };
new NodeWorkerLauncher(file).launch(data, {
  onMessage: (message) => {
    if (message.type !== 'ready') return;
    console.log('ready');
    if (blocks === 'true') setTimeout(block, 20);
  },
  onExit: (crash) => process.exit(crash === undefined ? 0 : 1),
});

function block(): void {
  const until = performance.now() + 200;
  while (performance.now() < until);
  setTimeout(block, 20);
}
