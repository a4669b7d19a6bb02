import { engineLabels, type EngineKind } from '../../core/engine';
import { reason, type Reason } from '../../core/reason';

export interface Fix {
  readonly fix: Reason;
  /** A command line for a terminal of this machine, where one does it. */
  readonly command?: string;
}

/** What can be wrong with an engine that its own settings mend. */
export type EngineProblem = 'open' | 'cors' | 'rebinding' | 'version';

type Commands = Partial<Record<NodeJS.Platform, string>>;

/** Ollama's service on Linux takes its environment from systemd; the last drop-in file wins (systemd.unit(5)). */
const ollamaDropIn = '/etc/systemd/system/ollama.service.d/zz-flm.conf';
const ollamaService = (setting: string): string =>
  `sudo mkdir -p ${ollamaDropIn.slice(0, ollamaDropIn.lastIndexOf('/'))} && ` +
  `printf '[Service]\\nEnvironment="${setting}"\\n' | sudo tee ${ollamaDropIn} && ` +
  'sudo systemctl daemon-reload && sudo systemctl restart ollama';

/** Where Ollama's environment is set: https://docs.ollama.com/faq (macOS: launchctl, Windows: user variables). */
const commands: Partial<Record<EngineKind, Partial<Record<EngineProblem, Commands>>>> = {
  ollama: {
    open: {
      linux: ollamaService('OLLAMA_HOST=127.0.0.1'),
      darwin: 'launchctl setenv OLLAMA_HOST 127.0.0.1',
      win32: 'setx OLLAMA_HOST 127.0.0.1',
    },
    cors: {
      linux: ollamaService('OLLAMA_ORIGINS='),
      darwin: 'launchctl unsetenv OLLAMA_ORIGINS',
      win32: 'reg delete HKCU\\Environment /v OLLAMA_ORIGINS /f',
    },
    version: { darwin: 'brew upgrade ollama', win32: 'winget upgrade Ollama.Ollama' },
  },
  // `;` is understood by POSIX shells and by PowerShell alike.
  lmstudio: {
    open: everywhere('lms server stop; lms server start --bind 127.0.0.1'),
    cors: everywhere('lms server stop; lms server start'),
  },
  llamacpp: { version: { darwin: 'brew upgrade llama.cpp', win32: 'winget upgrade llama.cpp' } },
  vllm: { version: { linux: 'pip install --upgrade vllm' } },
};

function everywhere(command: string): Commands {
  return { linux: command, darwin: command, win32: command };
}

const fixes: Record<EngineKind, Record<Exclude<EngineProblem, 'version'>, Reason>> = {
  ollama: {
    open: reason('checkup.open.fixOllama'),
    cors: reason('checkup.cors.fixOllama'),
    rebinding: reason('checkup.rebinding.fixOllama'),
  },
  lmstudio: {
    open: reason('checkup.open.fixLmStudio'),
    cors: reason('checkup.cors.fixLmStudio'),
    rebinding: reason('checkup.rebinding.fixLmStudio'),
  },
  llamacpp: {
    open: reason('checkup.open.fixFlags', 'llama-server'),
    cors: reason('checkup.cors.fixLlama'),
    rebinding: reason('checkup.rebinding.fixKey', 'llama-server'),
  },
  vllm: {
    open: reason('checkup.open.fixFlags', engineLabels.vllm),
    cors: reason('checkup.cors.fixVllm'),
    rebinding: reason('checkup.rebinding.fixKey', engineLabels.vllm),
  },
  openai: {
    open: reason('checkup.open.fixOther'),
    cors: reason('checkup.cors.fixOther'),
    rebinding: reason('checkup.rebinding.fixOther'),
  },
};

/** How to mend it, for that engine on that system. */
export function engineFix(
  kind: EngineKind,
  problem: Exclude<EngineProblem, 'version'>,
  platform: NodeJS.Platform,
): Fix {
  return { fix: fixes[kind][problem], ...commandFor(kind, problem, platform) };
}

/** How to get a newer version. */
export function updateFix(kind: EngineKind, version: string, platform: NodeJS.Platform): Fix {
  return { fix: reason('checkup.version.fix', engineLabels[kind], version), ...commandFor(kind, 'version', platform) };
}

function commandFor(
  kind: EngineKind,
  problem: EngineProblem,
  platform: NodeJS.Platform,
): { readonly command?: string } {
  const command = commands[kind]?.[problem]?.[platform];
  return command === undefined ? {} : { command };
}
