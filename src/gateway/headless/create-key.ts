import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { CreatedKey } from '../../core/api-key';
import { systemClock } from '../../core/clock';
import { FlmError } from '../../core/errors';
import type { Logger } from '../../core/logger';
import type { GatewayLease } from '../../protocol/gateway-lease';
import { protocolVersion, type HelloResult } from '../../protocol/gateway-rpc';
import { KeyManager } from '../../security/api-keys/key-manager';
import { Storage } from '../../storage/storage';
import { LeaseFiles } from '../lease/lease-files';
import { makePrivateFolder } from '../lease/pipe-address';

const connectTimeoutMs = 2_000;
const answerTimeoutMs = 10_000;

/**
 * Makes an API key for a data folder from the command line. A gateway that serves the folder is asked to, so the key
 * works at once; otherwise it is written to the folder's storage. Rejects with FlmError (`config_invalid` for a bad
 * label, `storage_failed`, `version_mismatch`).
 */
export async function createKey(dataDir: string, label: string, version: string, logger: Logger): Promise<CreatedKey> {
  const lease = (await new LeaseFiles(dataDir).readChain()).at(-1)?.lease;
  const socket = lease === undefined ? undefined : await tryConnect(lease.pipe);
  if (lease !== undefined && socket !== undefined) return askGateway(socket, lease, label, version);

  if (!makePrivateFolder(dataDir, process.getuid?.())) {
    throw new FlmError('storage_failed', `The data folder ${dataDir} cannot be made, or belongs to another user.`);
  }
  const storage = new Storage({ folder: join(dataDir, 'storage'), clock: systemClock, logger });
  await storage.start();
  try {
    return await new KeyManager(storage.keys, systemClock).create({ label, purpose: 'command line' });
  } finally {
    await storage.stop();
  }
}

/** Undefined: nobody listens there any more. */
function tryConnect(pipe: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(pipe);
    const timer = systemClock.setTimeout(() => {
      socket.destroy();
      resolve(undefined);
    }, connectTimeoutMs);
    socket.once('connect', () => {
      timer.cancel();
      resolve(socket);
    });
    socket.once('error', () => {
      timer.cancel();
      resolve(undefined);
    });
  });
}

async function askGateway(socket: Socket, lease: GatewayLease, label: string, version: string): Promise<CreatedKey> {
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  const timer = systemClock.setTimeout(() => socket.destroy(), answerTimeoutMs);
  connection.listen();
  try {
    const greeting = { token: lease.token, protocolVersion, version };
    const hello = await connection.sendRequest<HelloResult>('hello', greeting);
    if (!hello.ok) {
      const message = `The gateway that serves this folder is FLM ${hello.version}; use that version to make a key.`;
      throw new FlmError('version_mismatch', message);
    }
    return await connection.sendRequest<CreatedKey>('keys/create', { label, purpose: 'command line' });
  } finally {
    timer.cancel();
    connection.dispose();
    socket.destroy();
  }
}
