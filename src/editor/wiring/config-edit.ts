/** One model as tools want to know it. */
export interface ToolModel {
  /** Canonical model id. */
  readonly id: string;
  /** Unique among those given. */
  readonly name: string;
  readonly callsTools: boolean;
  readonly seesImages: boolean;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
}

/** What is written into a tool's configuration. */
export interface ToolSetup {
  /** Base URL with `/v1`. */
  readonly endpoint: string;
  readonly apiKey: string;
  readonly models: readonly ToolModel[];
}

/**
 * Why a file is left as it is.
 *
 * - `unparsable`: it is no YAML or JSON; `detail` says where
 * - `unexpected`: it is, but not in the form this tool's file has; `detail` names the place
 * - `not-editable`: FLM cannot add its part without touching the rest
 */
export interface EditRefusal {
  readonly ok: false;
  readonly problem: 'unparsable' | 'unexpected' | 'not-editable';
  readonly detail: string;
}

export type EditResult = { readonly ok: true; readonly text: string } | EditRefusal;

/**
 * Text of a configuration file → text with FLM's part, everything else untouched: comments, order, line ends, entries FLM
 * does not know. Applied twice it gives the same as once. Undefined: there is no file yet.
 */
export type ConfigEdit = (text: string | undefined, setup: ToolSetup) => EditResult;

export function refuse(problem: EditRefusal['problem'], detail: string): EditRefusal {
  return { ok: false, problem, detail };
}
