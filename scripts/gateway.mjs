// `npm run gateway -- ARGS`: installs and builds what is missing, then runs dist/gateway.js with the arguments.
import { spawn } from 'node:child_process';
import { ensureBuilt } from './lib/ensure-built.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { at } from './lib/project.mjs';

const parentCheckMs = 500;
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

try {
  await withoutOwnOutput(ensureInstalled);
  await ensureBuilt(['gateway.js', 'demo-engine.js']);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const gateway = spawn(process.execPath, [at('dist', 'gateway.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // Ctrl+C in a terminal reaches the whole group: the gateway has it already, and a second one would force it.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    gateway.kill(signal);
  });
}
// npm runs us through a shell that keeps signals to itself: when it is ended, we are left over and must end too.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined && process.platform !== 'win32') {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer); // a second signal would end it without order
    gateway.kill('SIGTERM');
  }, parentCheckMs);
}
gateway.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
gateway.once('exit', (code, signal) => process.exit(code ?? 128 + (signalNumbers[signal] ?? 0)));

/** The first line on standard output is the gateway's: whatever is said before goes to standard error. */
async function withoutOwnOutput(work) {
  const { log } = console;
  console.log = console.error;
  try {
    await work();
  } finally {
    console.log = log;
  }
}
