import type { FlmConfig } from '../core/config-schema';
import type { ErrorCode } from '../core/errors';
import type { UpstreamSign } from '../core/upstream';

/** Why an engine gave no answer, or not all of it. */
export interface UpstreamFailure {
  readonly code: ErrorCode;
  /** For the client: what happened and, for a timeout, which setting set the limit. */
  readonly message: string;
  /** Undefined when it says nothing about the engine. */
  readonly sign: UpstreamSign | undefined;
  /** The connection broke without an answer, as a reused one does that the engine was just closing. */
  readonly isReset: boolean;
}

interface Rule {
  readonly code: ErrorCode;
  readonly sign?: UpstreamSign;
  readonly isReset?: boolean;
  readonly says: (engine: string, config: FlmConfig) => string;
}

const seconds = (config: FlmConfig, key: 'connectSeconds' | 'firstByteSeconds' | 'idleSeconds'): string =>
  `${config[`timeouts.${key}`]} s (setting flm.timeouts.${key})`;

const unreachable: Rule = {
  code: 'engine_unreachable',
  sign: 'unreachable',
  says: (engine) => `The engine ${engine} cannot be reached: nothing answers at its address. Is it running?`,
};

const reset: Rule = {
  code: 'engine_unreachable',
  sign: 'reset',
  isReset: true,
  says: (engine) => `The engine ${engine} closed the connection without an answer.`,
};

/** Codes of undici and of Node's sockets. */
const rules: Readonly<Record<string, Rule>> = {
  UND_ERR_CONNECT_TIMEOUT: {
    code: 'connect_timeout',
    sign: 'timeout',
    says: (engine, config) =>
      `The engine ${engine} accepted no connection within ${seconds(config, 'connectSeconds')}.`,
  },
  UND_ERR_HEADERS_TIMEOUT: {
    code: 'first_byte_timeout',
    sign: 'timeout',
    says: (engine, config) => `The engine ${engine} sent no first byte within ${seconds(config, 'firstByteSeconds')}.`,
  },
  UND_ERR_BODY_TIMEOUT: {
    code: 'idle_timeout',
    sign: 'timeout',
    says: (engine, config) => `The engine ${engine} sent nothing for ${seconds(config, 'idleSeconds')}.`,
  },
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  EADDRNOTAVAIL: unreachable,
  ETIMEDOUT: unreachable,
  UND_ERR_SOCKET: reset,
  ECONNRESET: reset,
  EPIPE: reset,
  // A header of the client that cannot be sent on: not the engine's fault
  UND_ERR_INVALID_ARG: {
    code: 'invalid_request',
    says: () => 'A request header holds characters that cannot be sent on.',
  },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    code: 'engine_error',
    sign: 'reset',
    says: (engine) => `The engine ${engine} sent less of its answer than it announced.`,
  },
};

const tls: Rule = {
  code: 'engine_unreachable',
  sign: 'unreachable',
  says: (engine) => `No trusted TLS connection to the engine ${engine} could be made. Check its certificate.`,
};

const notHttp: Rule = {
  code: 'engine_error',
  sign: 'failed',
  says: (engine) => `The engine ${engine} did not answer with valid HTTP.`,
};

const other: Rule = {
  code: 'engine_error',
  sign: 'failed',
  says: (engine) => `The request to the engine ${engine} failed.`,
};

/** Names an error of the connection to `engine`. Its own text stays out of the message: it may hold addresses. */
export function upstreamFailure(error: unknown, engine: string, config: FlmConfig): UpstreamFailure {
  const rule = ruleFor(errorCode(error));
  return { code: rule.code, message: rule.says(engine, config), sign: rule.sign, isReset: rule.isReset === true };
}

function ruleFor(code: string): Rule {
  const known = Object.hasOwn(rules, code) ? rules[code] : undefined;
  if (known !== undefined) return known;
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(code)) return tls;
  return code.startsWith('HPE_') ? notHttp : other;
}

/** The code of an error; of the first inner one where Node tried several addresses (AggregateError). */
function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? errorCode(error.errors[0]) : '';
}
