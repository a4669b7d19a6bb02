import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** A program of this folder as a process. */
export interface Child {
  readonly process: ChildProcess;
  /** Its first line of output. */
  readonly line: string;
  stop(): void;
}

/** Starts `NAME.ts` of this folder. Rejects with what it wrote when it ends before its first line. */
export function startChild(name: string, ...args: readonly string[]): Promise<Child> {
  return startProgram(process.execPath, ['--import', 'tsx', join(__dirname, `${name}.ts`), ...args]);
}

export function startProgram(file: string, args: readonly string[]): Promise<Child> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: join(__dirname, '../../..') });
  let out = '';
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const end = out.indexOf('\n');
      if (end >= 0) resolve({ process: child, line: out.slice(0, end), stop: () => child.kill('SIGKILL') });
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${err.slice(0, 1000)}`)));
  });
}

/** Runs a program of this folder to its end and reads the JSON it prints. */
export function runChild<T>(name: string, ...args: readonly string[]): Promise<T> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, `${name}.ts`), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: join(__dirname, '../../..'),
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve(JSON.parse(out) as T);
      else reject(new Error(`${name} ended with ${code}`));
    });
  });
}
