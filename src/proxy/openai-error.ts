import { errorCodes, type ErrorCode } from '../core/errors';
import type { ErrorFormat } from './dialects/dialect';

/**
 * An error as OpenAI clients read it, with the status it travels under
 * (https://platform.openai.com/docs/guides/error-codes/api-errors).
 */
export interface OpenAiError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** One of FLM's own errors. */
export function openAiError(code: ErrorCode, message: string, param: string | null = null): OpenAiError {
  const { status, type } = errorCodes[code];
  return { status, message, type, param, code };
}

/** `{"error":{message,type,param,code}}`, the body of an error answer. */
export function errorJson({ message, type, param, code }: OpenAiError): string {
  return JSON.stringify({ error: { message, type, param, code } });
}

/** The same as one server-sent event, for answers whose status is already on its way. */
export function errorEvent(error: OpenAiError): string {
  return `data: ${errorJson(error)}\n\n`;
}

/** Errors in OpenAI's own words: of every route that is no other API's. */
export const openAiErrors: ErrorFormat = { body: errorJson, event: errorEvent };
