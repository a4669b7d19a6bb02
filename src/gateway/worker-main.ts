import type { MessagePort } from 'node:worker_threads';
import { parseConfig } from '../core/config';
import { messageOf } from '../core/errors';
import type { GatewayWorkerCommand, GatewayWorkerData, GatewayWorkerMessage } from '../protocol/gateway-worker';
import { Gateway, type ClosingCause } from './gateway';
import { createLineLogger } from './log-lines';

/** Runs the gateway as a worker of an extension host: told by messages, telling by messages. */
export async function runInWorker(port: MessagePort, data: GatewayWorkerData): Promise<void> {
  const tell = (message: GatewayWorkerMessage) => port.postMessage(message);
  const config = parseConfig(data.settings);
  let gateway: Gateway | undefined;
  const logger = createLineLogger(config.config['log.level'], (level, message) => {
    tell({ type: 'log', level, message });
    gateway?.log({ level, message });
  });

  let hasEnded = false;
  const end = async (cause: ClosingCause) => {
    if (hasEnded) return;
    hasEnded = true;
    await gateway?.stop(cause);
    tell({ type: 'closed', cause });
    port.close();
  };
  port.on('message', (command: GatewayWorkerCommand) => {
    if (command.type === 'ping') tell({ type: 'pong' });
    else void end('owner-closed');
  });

  try {
    gateway = new Gateway({
      dataDir: data.dataDir,
      version: data.version,
      config,
      isHeadless: false,
      logger,
      onEnd: (cause) => void end(cause),
      ...(data.replaceNonce === undefined ? {} : { replaceNonce: data.replaceNonce }),
    });
    const answer = await gateway.acquire();
    if (answer.ok) {
      tell({ type: 'ready' });
      await gateway.serve();
    } else {
      tell(
        answer.cause === 'taken'
          ? { type: 'taken' }
          : { type: 'failed', message: `The data folder ${data.dataDir} is in use by another user.` },
      );
      port.close();
    }
  } catch (error) {
    logger.error('The gateway could not start.', { error });
    tell({ type: 'failed', message: messageOf(error) });
    port.close();
  }
}
