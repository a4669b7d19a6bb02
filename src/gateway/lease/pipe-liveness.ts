import { connect } from 'node:net';

/**
 * Whether somebody listens on a pipe, as the operating system tells it.
 *
 * - `alive`: a connection was accepted, or is waiting to be
 * - `dead`: nobody listens, and nobody will again (pipe names are used once)
 * - `forbidden`: it belongs to another user
 */
export type PipeLiveness = 'alive' | 'dead' | 'forbidden';

const connectTimeoutMs = 1_000;
const deadCodes = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG']);

/**
 * Connects and hangs up. A process's pipes stop listening when it ends, however it ends, so unlike a pid this cannot
 * be recycled and unlike a time stamp it does not depend on a clock. Takes a millisecond, at most 1 s; never rejects.
 */
export function probePipe(pipe: string): Promise<PipeLiveness> {
  return new Promise((resolve) => {
    const socket = connect(pipe);
    const settle = (liveness: PipeLiveness) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(liveness);
    };
    // A full backlog or a stopped process does not answer: it exists.
    const timer = setTimeout(() => settle('alive'), connectTimeoutMs);
    socket.once('connect', () => settle('alive'));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES' || error.code === 'EPERM') settle('forbidden');
      else settle(deadCodes.has(error.code ?? '') ? 'dead' : 'alive');
    });
  });
}
