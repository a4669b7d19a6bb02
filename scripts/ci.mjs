// Runs what CI runs, one command after the other, and ends with one line for all: `N passed, N failed`.
import { start } from './lib/child.mjs';
import { at, root } from './lib/project.mjs';

/**
 * `npm test`, then the tests against a real engine: where no engine can be had they say so and succeed.
 * The limits are wide: they end a hang, they do not judge speed.
 */
const commands = [
  { name: 'npm test', script: 'test.mjs', timeoutMs: 60 * 60_000 },
  { name: 'npm run test:engines', script: 'test-engines.mjs', timeoutMs: 15 * 60_000 },
];

const total = { passed: 0, failed: 0, skipped: 0 };
for (const { name, script, timeoutMs } of commands) {
  console.log(`\n── ${name}`);
  const { code, lastLine, timedOut } = await runShown(at('scripts', script), timeoutMs);
  const counts = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(lastLine);
  if (timedOut) console.log(`${name} did not end within ${timeoutMs / 60_000} min.`);
  if (counts !== null) {
    total.passed += Number(counts[1]);
    total.failed += Number(counts[2]);
    total.skipped += Number(counts[3] ?? 0);
  }
  // A bad end that no failed test explains is a failure of its own.
  if (code !== 0 && Number(counts?.[2] ?? 0) === 0) total.failed++;
}
console.log('');
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** Shows what the command prints while it runs, and remembers its last line. */
function runShown(script, timeoutMs) {
  return new Promise((resolve) => {
    const child = start(process.execPath, [script], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let tail = '';
    let timedOut = false;
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      process.stdout.write(chunk);
      tail = (tail + chunk).slice(-2000);
    });
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
    }, timeoutMs);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, timedOut, lastLine: tail.trimEnd().split('\n').at(-1) ?? '' });
    });
  });
}
