// `npm run eval:security -- DIR [--json]`: sends the sets of attacks and honest requests in DIR (*.jsonl) to a gateway and
// says what was recognised. SECURITY.md has the format; a number is not a test: nothing fails here but a missing folder.
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { load } from './lib/typescript.mjs';

const args = process.argv.slice(2);
const folder = args.find((arg) => !arg.startsWith('-'));
try {
  if (folder === undefined)
    throw new Error('Usage: npm run eval:security -- DIR [--json] [--scans=N] [--scale=N] [--missed]');
  await ensureInstalled();
  const { runEvaluation } = await load('../security-eval/run-evaluation.ts');
  await runEvaluation(folder, {
    json: args.includes('--json'),
    missed: args.includes('--missed'),
    scans: numberOf('--scans', 200),
    scale: numberOf('--scale', 5),
  });
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function numberOf(name, fallback) {
  const value = Number(args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1));
  return Number.isFinite(value) && value > 0 ? value : fallback;
}
