import type { HostEnvironment } from './host-environment';

/** More processes of one name than any machine runs; bounds the reading. */
const maxProcesses = 64;

/**
 * Whether the llama-server that listens on a port of this machine was started by Ollama or by a llama.cpp router, and
 * if so by which: such a child is its parent's business and must not appear as an engine of its own.
 *
 * Linux only, for processes whose files the user may read: the socket of the port is looked up in `/proc/net/tcp`,
 * then among the open files of processes named like llama-server or Ollama's runner. Elsewhere, or when nothing can
 * be read, the answer is "no": children listen on random ports, which FLM never tries by itself. Costs some dozens of
 * small reads; asked once per identification.
 */
export async function parentEngineOf(host: HostEnvironment, port: number): Promise<string | undefined> {
  if (host.platform !== 'linux') return undefined;
  const inodes = await listeningInodes(host, port);
  if (inodes.size === 0) return undefined;
  const pids = (await host.list('/proc')).filter((name) => /^\d+$/.test(name));
  let examined = 0;
  for (const pid of pids) {
    const name = (await host.readText(`/proc/${pid}/comm`))?.trim() ?? '';
    if (!/^(llama|ollama)/.test(name) || ++examined > maxProcesses) continue;
    if (await holdsSocket(host, pid, inodes)) return parentOf(host, pid);
  }
  return undefined;
}

/** Inodes of sockets in state LISTEN (0A) on the port, from both tables of proc(5). */
export function parseListeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const isListening = fields[3] === '0A' && fields[1]?.endsWith(`:${wanted}`) === true;
    return isListening && fields[9] !== undefined ? [fields[9]] : [];
  });
}

async function listeningInodes(host: HostEnvironment, port: number): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => host.readText(path)));
  return new Set(tables.flatMap((table) => parseListeningInodes(table ?? '', port)));
}

async function holdsSocket(host: HostEnvironment, pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const files = await host.list(`/proc/${pid}/fd`);
  const links = await Promise.all(files.map((file) => host.readLink(`/proc/${pid}/fd/${file}`)));
  return links.some((link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link ?? '')?.[1] ?? ''));
}

async function parentOf(host: HostEnvironment, pid: string): Promise<string | undefined> {
  // A router tells its children the port it wants to hear from them on.
  const environment = (await host.readText(`/proc/${pid}/environ`)) ?? '';
  if (/(?:^|\0)LLAMA_SERVER_ROUTER_PORT=/.test(environment)) return 'llama.cpp';
  const parentPid = /^PPid:\s*(\d+)/m.exec((await host.readText(`/proc/${pid}/status`)) ?? '')?.[1];
  if (parentPid === undefined || parentPid === '0') return undefined;
  const parent = (await host.readText(`/proc/${parentPid}/comm`))?.trim() ?? '';
  return parents.find(([pattern]) => pattern.test(parent))?.[1];
}

const parents: readonly (readonly [RegExp, string])[] = [
  [/^ollama/, 'Ollama'],
  [/^llama-server/, 'llama.cpp'],
];
