import { cpus, release, totalmem, type } from 'node:os';

/** One number, beside what is wanted of it. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The goal as people read it: `≤ 10 ms`. */
  readonly goal?: string;
  readonly meetsGoal?: boolean;
  /** How it was measured: repetitions, spread, load. */
  readonly note?: string;
}

/** What a file test/bench/NAME.bench.ts exports as `bench`. */
export interface Bench {
  readonly name: string;
  readonly run: () => Promise<readonly Measurement[]>;
}

/** A bench that prints tables of its own; its file exports `name` and `run`. */
export interface PrintingBench {
  readonly name: string;
  readonly run: (print: (line: string) => void) => Promise<void>;
}

/** The bench of a loaded file. Throws for a file that is none. */
export function benchOf(
  file: string,
  module: Partial<PrintingBench> & { readonly bench?: Bench },
): Bench | PrintingBench {
  if (module.bench !== undefined) return module.bench;
  const { name, run } = module;
  if (name === undefined || run === undefined) throw new Error(`${file} exports no bench.`);
  return { name, run };
}

/** Runs benches one after the other and prints a table of each. One that cannot run says why, and the others go on. */
export async function runBenches(benches: readonly (Bench | PrintingBench)[]): Promise<void> {
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `${type()} ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${memory} GiB, Node ${process.version}`,
  );
  for (const { name, run } of benches) {
    console.log(`\n${name}`);
    try {
      const measurements = await run((text) => {
        console.log(`  ${text}`);
      });
      for (const measurement of measurements ?? []) console.log(line(measurement));
    } catch (error) {
      console.log(`  could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function line({ what, value, unit, goal, meetsGoal, note }: Measurement): string {
  const number = `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`;
  const verdict = meetsGoal === undefined ? ' ' : meetsGoal ? '✓' : '✗';
  return `  ${verdict} ${what.padEnd(52)}${number.padStart(14)}  ${(goal ?? '').padEnd(12)}${note ?? ''}`.trimEnd();
}
