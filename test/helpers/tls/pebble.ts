import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { end, start } from '../../../scripts/lib/child.mjs';
import { freePort } from '../../../scripts/lib/free-port';
import { findPebble, pebbleMissing, type PebblePrograms } from '../../../scripts/lib/pebble';
import { makeAuthority, type TestAuthority } from './authority';

const startTimeoutMs = 20_000;

/** A running Pebble with a DNS server that knows every name as 127.0.0.1. */
export interface Pebble {
  /** `https://localhost:14000/dir`. */
  readonly directoryUrl: string;
  /** PEM file with the CA of the directory's own certificate. */
  readonly caFile: string;
  readonly authority: TestAuthority;
  /** Port of 127.0.0.1 on which it looks for HTTP-01 answers. */
  readonly httpPort: number;
  /** Of the DNS server's management: `http://127.0.0.1:8055`. */
  readonly dnsManagementUrl: string;
  /** PEM of the CA that signs what it issues. */
  root(): Promise<string>;
  /** `Valid` or `Revoked`. */
  certificateStatus(serialHex: string): Promise<string>;
  stop(): Promise<void>;
}

/** The programs; skips the test and says why where there are none. */
export function pebbleOrSkip(test: Context): PebblePrograms {
  const programs = findPebble();
  if (programs !== undefined) return programs;
  console.log(`      ${pebbleMissing}`);
  return test.skip();
}

/** Starts it without artificial waits. `environment` sets its other faults: `PEBBLE_WFE_NONCEREJECT`. */
export async function startPebble(
  programs: PebblePrograms,
  environment: Readonly<Record<string, string>> = {},
): Promise<Pebble> {
  const folder = await mkdtemp(join(tmpdir(), 'flm-pebble-'));
  const [listen, management, httpPort, tlsPort, dns, dnsManagement] = await freePorts(6);
  const authority = await makeAuthority();
  const server = await authority.issue(['localhost']);
  const file = (name: string): string => join(folder, name);
  await writeFile(file('ca.pem'), authority.cert);
  await writeFile(file('cert.pem'), server.cert);
  await writeFile(file('key.pem'), server.key, { mode: 0o600 });
  const pebble = {
    listenAddress: `127.0.0.1:${listen}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: file('cert.pem'),
    privateKey: file('key.pem'),
    httpPort,
    tlsPort,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  };
  await writeFile(file('config.json'), JSON.stringify({ pebble }));

  const off = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', ''];
  const children = [
    start(
      programs.challengeServer,
      ['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`, ...off],
      { stdio: 'ignore' },
    ),
    start(programs.server, ['-config', file('config.json'), '-dnsserver', `127.0.0.1:${dns}`], {
      stdio: 'ignore',
      env: {
        ...process.env,
        PEBBLE_VA_NOSLEEP: '1',
        PEBBLE_WFE_NONCEREJECT: '0',
        PEBBLE_AUTHZREUSE: '0',
        ...environment,
      },
    }),
  ];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => end(child)));
    await rm(folder, { recursive: true, force: true });
  };
  const directoryUrl = `https://localhost:${listen}/dir`;
  try {
    await Promise.all([
      untilAnswers('Pebble', () => fetchText(directoryUrl, authority.cert)),
      untilAnswers('its DNS server', () => connected(dns ?? 0)),
      untilAnswers('its management of the DNS server', () => connected(dnsManagement ?? 0)),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  const ask = (path: string): Promise<string> => fetchText(`https://localhost:${management}${path}`, authority.cert);
  return {
    directoryUrl,
    caFile: file('ca.pem'),
    authority,
    httpPort: httpPort ?? 0,
    dnsManagementUrl: `http://127.0.0.1:${dnsManagement}`,
    root: () => ask('/roots/0'),
    certificateStatus: async (serial) => {
      const answer = JSON.parse(await ask(`/cert-status-by-serial/${serial.toLowerCase()}`)) as { Status: string };
      return answer.Status;
    },
    stop,
  };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

async function untilAnswers(what: string, ask: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what} did not start`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function connected(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    }).once('error', reject);
  });
}

function fetchText(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ca, agent: false, timeout: 5_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url}: HTTP ${response.statusCode ?? 0}: ${text.slice(0, 200)}`));
      });
    });
    request.once('timeout', () => request.destroy(new Error('timeout')));
    request.once('error', reject);
  });
}
