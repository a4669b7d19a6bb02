import { FlmError } from '../../core/errors';
import { parseRange } from '../../core/ip-range';

/** Who is to be let in, and where. */
export interface FirewallWish {
  readonly ports: readonly number[];
  /** Addresses and CIDR ranges; none: everybody. */
  readonly ranges: readonly string[];
  /** The program that listens, for firewalls that go by programs. */
  readonly program: string;
}

/** A wish whose every part is what it says: nothing else gets into a command line. */
export interface CheckedWish {
  /** Each once, ascending. */
  readonly ports: readonly number[];
  readonly v4: readonly string[];
  readonly v6: readonly string[];
  readonly isForEverybody: boolean;
  /** Name of the rules: letters, digits and `-`. The same wish has the same name. */
  readonly name: string;
  readonly program: string;
}

const maxPorts = 15; // what one rule of iptables, and so of ufw, takes
const maxRanges = 64;

/** Rejects with FlmError `invalid_request` what is no port or range. */
export function checkWish({ ports, ranges, program }: FirewallWish): CheckedWish {
  const numbers = [...new Set(ports)].sort((a, b) => a - b);
  if (numbers.length === 0 || numbers.length > maxPorts || !numbers.every(isPort)) {
    throw new FlmError('invalid_request', `From 1 to ${maxPorts} ports between 1 and 65535 are needed.`);
  }
  if (ranges.length > maxRanges) throw new FlmError('invalid_request', `More than ${maxRanges} ranges.`);
  // A line break would be Enter, once typed into a terminal.
  if (/\p{Cc}/u.test(program)) throw new FlmError('invalid_request', 'The path of the program has control characters.');
  const parsed = ranges.map((text) => {
    const range = parseRange(text);
    if (range === undefined) throw new FlmError('invalid_request', 'Not an address or CIDR range.');
    return range;
  });
  const everybody = parsed.some(({ prefix }) => prefix === 0) || parsed.length === 0;
  const texts = (isV6: boolean) => [
    ...new Set(everybody ? [] : parsed.filter((range) => range.isV6 === isV6).map(({ text }) => text)),
  ];
  return {
    ports: numbers,
    v4: texts(false),
    v6: texts(true),
    isForEverybody: everybody,
    name: `flm-${numbers.join('-')}`,
    program,
  };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
