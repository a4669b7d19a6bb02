// `npm run soak [-- --minutes=N --seed=N]`: mixed traffic, random aborts, restarts of engines and changes of the configuration
// against the gateway as it ships, for minutes. Ends with 1 when it grew, failed by itself, or lost a record.
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { load } from './lib/typescript.mjs';

const args = process.argv.slice(2);
try {
  await ensureInstalled();
  const { runSoak } = await load('../soak/run-soak.ts');
  const isGood = await runSoak({ minutes: numberOf('--minutes', 3), seed: numberOf('--seed', Date.now() % 1_000_000) });
  process.exit(isGood ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function numberOf(name, fallback) {
  const value = Number(args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1));
  return Number.isFinite(value) && value > 0 ? value : fallback;
}
