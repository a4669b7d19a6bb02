import { buildHostModule } from '../../scripts/lib/build-host-tests';
import { freePort } from '../../scripts/lib/free-port';
import { measureInHost } from '../../scripts/lib/host-tests';
import { at } from '../../scripts/lib/project.mjs';
import type { Bench } from '../../scripts/lib/run-benches';
import { hermeticSettings } from '../../scripts/lib/suites';
import { startLlamaServer } from '../helpers/engines/llama-server';
import { startLmStudio } from '../helpers/engines/lmstudio';
import { startOllama } from '../helpers/engines/ollama';
import { startVllm } from '../helpers/engines/vllm';

const rounds = 3;
const activationGoalMs = 10;
const fullTreeGoalMs = 2000;

/** What test/bench/host/activation.ts writes. */
interface Measured {
  readonly activationMs: number;
  readonly fullTreeMs: number;
  readonly host: string;
}

/** In a real VS Code with an engine of each kind running, whose addresses are configured. */
export const bench: Bench = {
  name: 'Activation in a real VS Code',
  run: async () => {
    const simulators = await Promise.all([startOllama(), startVllm(), startLmStudio(), startLlamaServer()]);
    const activations: number[] = [];
    const trees: number[] = [];
    let host = '';
    try {
      const settings = {
        ...hermeticSettings,
        'flm.engines.addresses': simulators.map(({ url }) => ({ url })),
        // The gateway then starts with the window, not when somebody opens the view.
        'flm.proxy.autoStart': true,
        'flm.proxy.port': await freePort(),
      };
      const index = await buildHostModule(at('test', 'bench', 'host', 'activation.ts'));
      for (let round = 0; round < rounds; round++) {
        const measured = (await measureInHost(index, settings)) as Measured;
        activations.push(measured.activationMs);
        trees.push(measured.fullTreeMs);
        host = measured.host;
      }
    } finally {
      await Promise.all(simulators.map((simulator) => simulator.stop()));
    }
    return [
      {
        what: 'activate() on the main thread (median)',
        value: median(activations),
        unit: 'ms',
        goal: `≤ ${activationGoalMs} ms`,
        meetsGoal: median(activations) <= activationGoalMs,
        note: `${all(activations)}, ${host}`,
      },
      {
        what: 'activation to a full tree of four engines (median)',
        value: median(trees),
        unit: 'ms',
        goal: `≤ ${fullTreeGoalMs} ms`,
        meetsGoal: median(trees) <= fullTreeGoalMs,
        note: all(trees),
      },
    ];
  },
};

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function all(values: readonly number[]): string {
  return `${values.length} runs: ${values.map((value) => value.toFixed(1)).join(', ')}`;
}
