import { spawn, spawnSync } from 'node:child_process';

/** A host with one cable to the gateway's host, each end with its own address. */
export interface GuestHost {
  readonly name: string;
  /** Its own address. */
  readonly address: string;
  /** The gateway's host on the same cable. */
  readonly gateway: string;
  /** Interface of the gateway's host. */
  readonly gatewayInterface: string;
}

const timeoutMs = 10_000;

/**
 * Several hosts on one machine: Linux network namespaces, joined by virtual cables. What runs within one sees only its
 * own interfaces, loopback included; files are shared. Needs root and `ip`.
 */
export class NetworkNamespaces {
  readonly #prefix = `flm${process.pid}`;
  readonly #names: string[] = [];
  readonly guests: readonly GuestHost[];

  /** Why there can be none here; undefined: they work. */
  static obstacle(): string | undefined {
    if (process.platform !== 'linux') return 'network namespaces are Linux only';
    if (process.getuid?.() !== 0) return 'network namespaces need root';
    const name = `flm${process.pid}probe`;
    const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8', timeout: timeoutMs });
    if (made.error !== undefined) return 'there is no `ip` command (iproute2)';
    if (made.status !== 0) return `network namespaces cannot be made here: ${made.stderr.trim()}`;
    const paired = spawnSync(
      'ip',
      ['-n', name, 'link', 'add', 'name', 'probe0', 'type', 'veth', 'peer', 'name', 'probe1'],
      {
        encoding: 'utf8',
        timeout: timeoutMs,
      },
    );
    spawnSync('ip', ['netns', 'delete', name], { timeout: timeoutMs });
    return paired.status === 0 ? undefined : `there are no virtual cables (veth) here: ${paired.stderr.trim()}`;
  }

  /** One host for the gateway, and one for each guest. Throws when the system refuses; call {@link dispose} then, too. */
  constructor(guests: readonly string[]) {
    this.#add('gateway');
    this.guests = guests.map((name, index) => this.#addGuest(name, index + 1));
  }

  /** What to put before a command so that it runs on that host. */
  within(host: string): readonly string[] {
    return ['ip', 'netns', 'exec', this.#nameOf(host)];
  }

  /** Changes addresses, links or routes of a host: `ip` with these arguments. */
  ip(host: string, ...args: readonly string[]): void {
    run('ip', ['-n', this.#nameOf(host), ...args]);
  }

  /** Sends bytes from that host and resolves to all that comes back until the other side closes, or for 5 s. */
  async send(host: string, to: string, port: number, bytes: string): Promise<string> {
    const [command = '', ...args] = this.within(host);
    const script = `
      const socket = require('node:net').connect({ host: process.argv[1], port: Number(process.argv[2]) });
      socket.write(Buffer.from(process.argv[3], 'base64'));
      socket.on('data', (data) => process.stdout.write(data));
      socket.on('error', (error) => { process.stdout.write(error.code); process.exit(); });
      socket.on('close', () => process.exit());
      setTimeout(() => process.exit(), 5000);`;
    const child = spawn(
      command,
      [...args, process.execPath, '-e', script, to, String(port), Buffer.from(bytes).toString('base64')],
      { stdio: ['ignore', 'pipe', 'inherit'], timeout: timeoutMs },
    );
    let answer = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
    await new Promise((resolve) => child.once('close', resolve));
    return answer;
  }

  /** Takes everything away; what still runs within loses its network. */
  dispose(): void {
    for (const name of this.#names.splice(0)) spawnSync('ip', ['netns', 'delete', name], { timeout: timeoutMs });
  }

  #addGuest(name: string, number: number): GuestHost {
    this.#add(name);
    const gatewayInterface = `to-${name}`;
    const address = `10.77.${number}.2`;
    const gateway = `10.77.${number}.1`;
    const peer = ['peer', 'name', 'cable', 'netns', this.#nameOf(name)];
    this.ip('gateway', 'link', 'add', 'name', gatewayInterface, 'type', 'veth', ...peer);
    this.ip('gateway', 'address', 'add', `${gateway}/24`, 'dev', gatewayInterface);
    this.ip('gateway', 'link', 'set', gatewayInterface, 'up');
    this.ip(name, 'address', 'add', `${address}/24`, 'dev', 'cable');
    this.ip(name, 'link', 'set', 'cable', 'up');
    this.ip(name, 'route', 'add', 'default', 'via', gateway);
    return { name, address, gateway, gatewayInterface };
  }

  #add(host: string): void {
    const name = this.#nameOf(host);
    run('ip', ['netns', 'add', name]);
    this.#names.push(name);
    run('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  }

  #nameOf(host: string): string {
    return `${this.#prefix}${host}`;
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: timeoutMs });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
