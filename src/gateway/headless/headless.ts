import { resolve } from 'node:path';
import { systemClock } from '../../core/clock';
import { parseConfig, type ParsedConfig } from '../../core/config';
import { DisposableStore } from '../../core/disposable';
import { FlmError, messageOf } from '../../core/errors';
import type { LogLevel } from '../../core/logger';
import { reasonText } from '../../core/reason';
import { Gateway, type ClosingCause } from '../gateway';
import { createLineLogger, type LeveledLogger } from '../log-lines';
import { parseArguments, usage, type HeadlessArguments } from './arguments';
import { createKey } from './create-key';
import { readConfigFile, readEngineKeys, watchConfigFile, type ConfigFile } from './config-file';
import { defaultDataDir } from './data-dir';
import { exitCodes, signalExitCodes } from './exit-codes';

/** The line with the endpoint waits that long for the first look at engines, so that it can say how many there are. */
const firstLookMs = 2_500;
const firstLookStepMs = 25;
/** An orderly stop takes 2 s at most; whatever hangs then is left behind. */
const stopTimeoutMs = 4_000;

/** Runs until a signal or the end of the gateway. Resolves to the exit code; never rejects. */
export async function runHeadless(args: readonly string[], version: string): Promise<number> {
  const parsed = parseArguments(args);
  switch (parsed.type) {
    case 'help':
      process.stdout.write(`${usage}\n`);
      return exitCodes.ok;
    case 'version':
      process.stdout.write(`${version}\n`);
      return exitCodes.ok;
    case 'error':
      process.stderr.write(`${parsed.message}\nTry --help.\n`);
      return exitCodes.badArguments;
    case 'create-key':
      return await runCreateKey(parsed.label, resolve(parsed.dataDir ?? defaultDataDir()), version);
    case 'run':
      return await new HeadlessRun(parsed.arguments, version).run();
  }
}

/** The key alone goes to standard output, so that a script can take it. */
async function runCreateKey(label: string, dataDir: string, version: string): Promise<number> {
  const logger = createLineLogger('warn', (level, message) => process.stderr.write(`${level} ${message}\n`));
  try {
    const { key, secret } = await createKey(dataDir, label, version, logger);
    process.stdout.write(`${secret}\n`);
    process.stderr.write(`API key ${key.id} (${key.label}) was made. It is shown this once and stored nowhere.\n`);
    return exitCodes.ok;
  } catch (error) {
    process.stderr.write(`No key was made: ${messageOf(error)}\n`);
    return exitCodes.failed;
  }
}

class HeadlessRun {
  readonly #args: HeadlessArguments;
  readonly #version: string;
  readonly #store = new DisposableStore();
  readonly #logger: LeveledLogger;
  readonly #ended: Promise<{ cause: ClosingCause; exitCode: number }>;
  #end!: (end: { cause: ClosingCause; exitCode: number }) => void;
  #gateway: Gateway | undefined;

  constructor(args: HeadlessArguments, version: string) {
    this.#args = args;
    this.#version = version;
    this.#logger = createLineLogger(args.logLevel ?? 'info', (level, message) => this.#write(level, message));
    this.#ended = new Promise((resolveEnd) => (this.#end = resolveEnd));
  }

  async run(): Promise<number> {
    // A reader that has left must not take the gateway with it.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    this.#listenToSignals();
    try {
      return await this.#serve();
    } catch (error) {
      this.#logger.error(messageOf(error));
      return FlmError.is(error, 'config_invalid') ? exitCodes.badConfig : exitCodes.failed;
    } finally {
      this.#store.dispose();
    }
  }

  async #serve(): Promise<number> {
    const file = this.#readConfig();
    const config = this.#parse(file);
    const dataDir = resolve(this.#args.dataDir ?? defaultDataDir());
    this.#logger.level = config.config['log.level'];
    this.#gateway = new Gateway({
      dataDir,
      version: this.#version,
      config,
      isHeadless: true,
      ...(this.#args.port === undefined ? {} : { port: this.#args.port }),
      engineKeys: file.engineKeys,
      ...(file.policy === undefined ? {} : { policy: file.policy }),
      logger: this.#logger,
      onEnd: (cause) => this.#end({ cause, exitCode: exitCodes.taken }),
    });
    const answer = await this.#gateway.acquire();
    if (!answer.ok) {
      const who = answer.owner === undefined ? 'another user' : `process ${answer.owner.pid}`;
      this.#logger.error(`Another gateway already uses ${dataDir}: ${who}. Choose another with --data-dir.`);
      return exitCodes.taken;
    }
    return await this.#untilEnd(this.#gateway, dataDir);
  }

  async #untilEnd(gateway: Gateway, dataDir: string): Promise<number> {
    const serving = gateway.serve().then(async () => {
      const { proxy } = gateway.state();
      if (proxy.phase !== 'failed') return this.#announce(gateway, dataDir);
      if (proxy.notice !== undefined) this.#logger.error(reasonText(proxy.notice));
      this.#end({ cause: 'shutdown', exitCode: exitCodes.cannotListen });
    });
    serving.catch((error: unknown) => {
      this.#logger.error('The gateway could not start.', { error });
      this.#end({ cause: 'shutdown', exitCode: exitCodes.failed });
    });
    this.#watchConfig();

    const { cause, exitCode } = await this.#ended;
    const inTime = await this.#within(gateway.stop(cause), stopTimeoutMs);
    if (!inTime) this.#logger.error('The gateway did not stop in time and is left behind.');
    return inTime ? exitCode : exitCodes.failed;
  }

  async #announce(gateway: Gateway, dataDir: string): Promise<void> {
    for (let waited = 0; waited < firstLookMs && gateway.state().engines.scannedAt === undefined;) {
      await new Promise<void>((resolveWait) => systemClock.setTimeout(resolveWait, firstLookStepMs));
      waited += firstLookStepMs;
    }
    const { proxy, engines, sharing, pid } = gateway.state();
    if (proxy.phase !== 'on') return;
    const { endpoint, host, port } = proxy;
    const running = engines.engines.filter((engine) => engine.state !== 'installed').length;
    const exposed = sharing.exposure.addresses;
    const line = { endpoint, host, port, exposed, pid, engines: running, version: this.#version, dataDir };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }

  #readConfig(): ConfigFile {
    const path = this.#configPath();
    const file = path === undefined ? { settings: {}, engineKeys: {} } : readConfigFile(path);
    return { ...file, engineKeys: { ...file.engineKeys, ...keysFromEnvironment() } };
  }

  /** The command line wins over the file. */
  #parse(file: ConfigFile): ParsedConfig {
    const { config, problems } = parseConfig(file.settings);
    const { expose, logLevel } = this.#args;
    const overridden = {
      ...config,
      ...(expose === undefined
        ? {}
        : { 'proxy.exposure': expose.scope, 'proxy.interfaces': [...(expose.addresses ?? [])] }),
      ...(logLevel === undefined ? {} : { 'log.level': logLevel }),
    };
    return { config: overridden, problems };
  }

  #configPath(): string | undefined {
    const path = this.#args.config ?? process.env.FLM_CONFIG;
    return path === undefined || path === '' ? undefined : resolve(path);
  }

  #watchConfig(): void {
    const path = this.#configPath();
    if (path !== undefined) this.#store.add(watchConfigFile(path, () => void this.#reload(), systemClock));
  }

  async #reload(): Promise<void> {
    try {
      const file = this.#readConfig();
      const { config, problems } = this.#parse(file);
      await this.#gateway?.configure({ config, problems }, file.engineKeys, file.policy);
      this.#logger.info('The configuration file was read again.');
    } catch (error) {
      this.#logger.error(`${messageOf(error)} What applied so far still does.`);
    }
  }

  #listenToSignals(): void {
    let isStopping = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const listener = () => {
        if (isStopping) process.exit(signalExitCodes[signal]);
        isStopping = true;
        this.#logger.info(`${signal}: stopping. Once more stops at once.`);
        this.#end({ cause: 'shutdown', exitCode: exitCodes.ok });
      };
      process.on(signal, listener);
      this.#store.add({ dispose: () => process.off(signal, listener) });
    }
    // Windows sends it when the console window closes, and ends us soon after.
    const hangUp = () => {
      if (process.platform === 'win32') this.#end({ cause: 'shutdown', exitCode: exitCodes.ok });
      else void this.#reload();
    };
    process.on('SIGHUP', hangUp);
    this.#store.add({ dispose: () => process.off('SIGHUP', hangUp) });
  }

  async #within(work: Promise<void>, limitMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<false>((resolveLimit) => (timer = setTimeout(() => resolveLimit(false), limitMs)));
    try {
      return await Promise.race([work.then(() => true), limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  #write(level: LogLevel, message: string): void {
    process.stderr.write(`${new Date().toISOString()} ${level.padEnd(5)} ${message}\n`);
    this.#gateway?.log({ level, message });
  }
}

function keysFromEnvironment(): Readonly<Record<string, string>> {
  const text = process.env.FLM_ENGINE_KEYS;
  if (text === undefined || text === '') return {};
  try {
    return readEngineKeys(JSON.parse(text), 'FLM_ENGINE_KEYS');
  } catch (error) {
    if (FlmError.is(error)) throw error;
    throw new FlmError('config_invalid', 'FLM_ENGINE_KEYS is not valid JSON.');
  }
}
