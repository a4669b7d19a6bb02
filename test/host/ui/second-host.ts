import { spawn, spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { root } from '../../../scripts/lib/project.mjs';
import { NetworkNamespaces } from '../../helpers/network-namespaces';

const commandTimeoutMs = 10_000;
const askTimeoutMs = 60_000;

export type SecondHostKind = 'a network namespace' | 'this machine’s own address' | 'none';

/** What can be made here; making it is {@link SecondHost.start}. */
export function secondHostKind(): SecondHostKind {
  if (NetworkNamespaces.obstacle() === undefined) return 'a network namespace';
  return ownAddress() === undefined ? 'none' : 'this machine’s own address';
}

/** What came of a question that a program on the second host asked. */
export interface Outcome {
  /** The whole answer; empty when it failed. */
  readonly text: string;
  /** Pieces it came in. */
  readonly pieces: number;
  /** HTTP status, or Node's code of a connection that failed. Undefined: all went well. */
  readonly failure?: number | string;
}

export interface Question {
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
  /** PEM file with a CA to trust besides the public ones. */
  readonly caFile?: string;
}

/** The official client, streaming, as somebody else's program uses it. */
const program = `
  const OpenAI = require('openai');
  const { baseUrl, key, model } = JSON.parse(process.argv[1]);
  const client = new OpenAI({ baseURL: baseUrl, apiKey: key, maxRetries: 0, timeout: 20_000 });
  const codeOf = (error) => (error === undefined ? 'unknown' : error.status ?? error.code ?? codeOf(error.cause));
  (async () => {
    let text = '';
    let pieces = 0;
    const stream = await client.chat.completions.create({
      model, messages: [{ role: 'user', content: 'Hi' }], stream: true,
    });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      pieces += 1;
    }
    return { text, pieces };
  })()
    .catch((error) => ({ text: '', pieces: 0, failure: codeOf(error) }))
    .then((outcome) => console.log(JSON.stringify(outcome)));`;

/**
 * Another machine, as far as the network goes: a Linux network namespace with a virtual cable to this machine where the
 * system allows it, else this machine itself by an address that is not loopback.
 */
export class SecondHost {
  readonly #prefix: readonly string[];
  readonly #remove: () => void;
  /** For the names of tests. */
  readonly description: SecondHostKind;
  /** Its own address. */
  readonly address: string;
  /** This machine, as it reaches it. */
  readonly gateway: string;

  private constructor(
    description: SecondHostKind,
    address: string,
    gateway: string,
    prefix: readonly string[] = [],
    remove: () => void = () => undefined,
  ) {
    this.description = description;
    this.address = address;
    this.gateway = gateway;
    this.#prefix = prefix;
    this.#remove = remove;
  }

  /** Throws where there is neither way. */
  static start(): SecondHost {
    if (secondHostKind() === 'a network namespace') return SecondHost.#inNamespace();
    const address = ownAddress();
    if (address === undefined) throw new Error('There are no network namespaces here, and no address but loopback.');
    return new SecondHost('this machine’s own address', address, address);
  }

  static #inNamespace(): SecondHost {
    const name = `flm${process.pid}guest`;
    const cable = `flm${process.pid}`;
    const number = process.pid % 250;
    const address = `10.78.${number}.2`;
    const gateway = `10.78.${number}.1`;
    // The other end of the cable goes with the namespace.
    const remove = () => {
      spawnSync('ip', ['netns', 'delete', name], { timeout: commandTimeoutMs });
      spawnSync('ip', ['link', 'delete', cable], { timeout: commandTimeoutMs });
    };
    try {
      ip('netns', 'add', name);
      ip('link', 'add', 'name', cable, 'type', 'veth', 'peer', 'name', 'cable', 'netns', name);
      ip('address', 'add', `${gateway}/24`, 'dev', cable);
      ip('link', 'set', cable, 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'cable');
      ip('-n', name, 'link', 'set', 'cable', 'up');
    } catch (error) {
      remove();
      throw error;
    }
    return new SecondHost('a network namespace', address, gateway, ['ip', 'netns', 'exec', name], remove);
  }

  /** Asks a model from there. Rejects only when the program itself does not end in time. */
  async ask({ caFile, ...question }: Question): Promise<Outcome> {
    const [command, ...args] = [...this.#prefix, process.execPath, '-e', program];
    const child = spawn(command, [...args, JSON.stringify(question)], {
      cwd: root,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: askTimeoutMs,
    });
    let output = '';
    let trouble = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (trouble += text));
    await new Promise((resolve) => child.once('close', resolve));
    if (output === '') throw new Error(`The program on ${this.description} said nothing. ${trouble}`);
    return JSON.parse(output) as Outcome;
  }

  stop(): void {
    this.#remove();
  }
}

function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((infos) => infos ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8', timeout: commandTimeoutMs });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
