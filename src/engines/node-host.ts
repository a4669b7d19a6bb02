import { execFile } from 'node:child_process';
import { access, open, readdir, readlink } from 'node:fs/promises';
import { homedir, networkInterfaces } from 'node:os';
import type { HostEnvironment } from './host-environment';

const maxFileBytes = 1024 * 1024;
const maxOutputBytes = 64 * 1024;

/** The machine this process runs on. */
export const nodeHost: HostEnvironment = {
  platform: process.platform,
  home: homedir(),
  env: (name) => process.env[name],
  readText,
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  run: (command, args, timeoutMs) =>
    new Promise((resolve) => {
      const options = {
        timeout: timeoutMs,
        maxBuffer: maxOutputBytes,
        windowsHide: true,
        killSignal: 'SIGKILL',
      } as const;
      try {
        execFile(command, [...args], options, (error, stdout) => resolve(error === null ? stdout : undefined));
      } catch {
        resolve(undefined); // execFile throws for arguments that no program could take
      }
    }),
  list: (path) => readdir(path).catch(() => []),
  readLink: (path) => readlink(path).catch(() => undefined),
  ownAddresses: () => Object.values(networkInterfaces()).flatMap((list) => list?.map((entry) => entry.address) ?? []),
};

/** Reads up to the limit instead of asking for the size first: files of /proc say 0. */
async function readText(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      if (!(await file.stat()).isFile()) return undefined; // a pipe or device could hang
      const buffer = Buffer.alloc(maxFileBytes + 1);
      let size = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, size, buffer.length - size);
        if (bytesRead === 0) return buffer.toString('utf8', 0, size);
        size += bytesRead;
        if (size > maxFileBytes) return undefined;
      }
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
