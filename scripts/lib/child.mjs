// Child processes that cannot outlive us: each is the leader of its own group, which is ended as a whole.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const isWindows = process.platform === 'win32';
const killGraceMs = 5_000;
const running = new Set();
let isWatching = false;

/**
 * Starts a process in a group of its own. It is ended with us, whether we exit, throw or get a signal.
 * Options are those of `child_process.spawn`.
 */
export function start(command, args, options = {}) {
  watchOurEnd();
  const child = spawn(command, args, { windowsHide: true, ...options, detached: !isWindows });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/**
 * Runs a process to its end and answers how it ended; never throws for a bad exit code or a missing program.
 *
 * - `timeoutMs`: then the whole group is ended and `timedOut` is true
 * - `quiet`: keep its output (in `output`) instead of showing it
 */
export async function run(command, args, { timeoutMs, quiet = false, ...options } = {}) {
  const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'];
  const child = start(command, args, { stdio, ...options });
  let output = '';
  const keep = (chunk) => (output = `${output}${chunk}`.slice(-200_000));
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);

  let timedOut = false;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          void end(child);
        }, timeoutMs);
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: null, signal: null, timedOut, output: error.message, error }));
      child.once('close', (code, signal) => resolve({ code, signal, timedOut, output }));
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Asks the group to end, and ends it the hard way after 5 s. Resolves when the process is gone. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), killGraceMs);
  await gone;
  clearTimeout(timer);
  // What the leader left behind in its group goes too.
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (isWindows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    else process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the group is already gone.
  }
}

function watchOurEnd() {
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => {
    for (const child of running) signalGroup(child, 'SIGKILL');
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, () => {
      // A script with its own orderly way to stop listens too; it exits by itself.
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
  }
}
