import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, run } from './child.mjs';
import { answers, launcher, startGateway, type Running } from './engine-run';
import { freePort } from './free-port';
import { runMocha } from './mocha-suite';
import type { RealOllama } from './real-ollama';
import type { TestResult } from './result-reporter';

const startTimeoutMs = 60_000;
const createTimeoutMs = 2 * 60_000;
const suiteTimeoutMs = 8 * 60_000;

/** `plain` as it is; `tooled` knows tools, and has a context that a test can fill. */
const modelfiles = (weights: string): Readonly<Record<string, string>> => ({
  plain: `FROM ${weights}\n`,
  tooled: `FROM plain
PARAMETER num_ctx 1024
TEMPLATE """{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}{{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "parameters": {{ .Function.Arguments }}}{{ end }}<|im_end|>
{{ end }}{{ if .Tools }}<|im_start|>system
Tools: {{ .Tools }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
`,
});

/** Runs the tests of a real Ollama with a gateway in front of it. Everything started is ended, whatever happens. */
export async function testOllama({ binary, weights }: RealOllama): Promise<TestResult> {
  const folder = mkdtempSync(join(tmpdir(), 'flm-ollama-'));
  const running: Running[] = [];
  const launch = launcher(running);
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      ...process.env,
      HOME: folder,
      OLLAMA_HOST: `127.0.0.1:${port}`,
      OLLAMA_MODELS: join(folder, 'models'),
      OLLAMA_NO_CLOUD: '1',
      OLLAMA_NUM_PARALLEL: '1',
    };
    const server = launch(binary, ['serve'], env);
    await answers(server, `${url}/api/version`, startTimeoutMs);
    for (const [name, text] of Object.entries(modelfiles(weights))) {
      const file = join(folder, `${name}.modelfile`);
      writeFileSync(file, text);
      const made = await run(binary, ['create', name, '-f', file], { env, timeoutMs: createTimeoutMs, quiet: true });
      if (made.code !== 0) throw new Error(`Ollama could not make a model:\n${made.output}\n${server.log()}`);
    }
    Object.assign(process.env, {
      FLM_TEST_OLLAMA_URL: url,
      FLM_TEST_OLLAMA_PID: String(server.child.pid),
      FLM_TEST_ENDPOINT: await startGateway(launch, folder, [{ url }]),
    });
    return await runMocha(['test/engines/ollama.test.ts'], suiteTimeoutMs);
  } finally {
    await Promise.all(running.map(({ child }) => end(child)));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
