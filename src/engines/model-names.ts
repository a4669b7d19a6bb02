import type { Capability } from '../core/model';

/**
 * What a model's name gives away where its engine says nothing. Deliberately few rules: a wrong guess hides a model
 * from a picker or offers it where it fails, so a model counts as a chat model unless its name says otherwise.
 */
const rerankName = /rerank/i;

/** `embed` in the name, and the families that exist only as embedding models and rarely say so. */
const embeddingName =
  /embed|(?:^|[^a-z0-9])(?:bge|gte|e5|minilm|mxbai|(?:distil|nomic-)?bert|sentence-t5)(?=$|[^a-z0-9])|all-minilm/i;

export function capabilitiesFromName(name: string): readonly Capability[] {
  if (rerankName.test(name)) return ['rerank'];
  if (embeddingName.test(name)) return ['embeddings'];
  return ['chat', 'completion'];
}

/**
 * Models whose chat template answers a late message of the system with «System message must be at the beginning»: Qwen3.5,
 * 3.6 and 3.8 (vllm 41114, QwenLM/Qwen3.8 244), as engines write them: `Qwen/Qwen3.6-27B`, `qwen3.8:27b`, family `qwen35moe`.
 */
const systemFirstName = /qwen-?3[._][5-9]|(?:^|[^a-z0-9])qwen3[5-9](?:moe|vl)?(?=$|[^a-z0-9])/i;

export function isSystemFirstName(name: string): boolean {
  return systemFirstName.test(name);
}

/** Quantisation names as llama.cpp, MLX and the AWQ/GPTQ/FP8 publishers write them into file and repository names. */
const quantization =
  /(?<=^|[-_.:@/\\])(?:UD-)?(I?Q\d(?:_(?:K_[SMLX]{1,2}|K|XXS|XS|NL|[SML]|\d)){0,2}|T?Q\d_\d|BF16|F16|F32|FP16|FP8|FP4|NVFP4|MXFP4(?:_MOE)?|AWQ|GPTQ|INT[48]|[348]bit)(?=$|[-_.:@/\\])/gi;

/** The quantisation in a file or repository name, in capitals: `models/qwen3-8b-q4_k_m.gguf` → `Q4_K_M`. */
export function quantizationFromName(name: string): string | undefined {
  const last = [...name.matchAll(quantization)].at(-1)?.[1];
  return last?.toUpperCase().replace('BIT', '-bit');
}

/** The name without folders and `.gguf`, for ids that are paths of a model file. Undefined when it would be the same. */
export function displayNameOfPath(id: string): string | undefined {
  if (!/\.gguf$/i.test(id)) return undefined;
  const file = id.split(/[\\/]/).at(-1) ?? id;
  const name = file.replace(/\.gguf$/i, '').replace(/-00001-of-\d{5}$/, '');
  return name === '' ? undefined : name;
}

/** `3880099328` → `3.9B`, `22565376` → `23M`, as engines print it. */
export function parametersText(count: number): string {
  const units: readonly [number, string][] = [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ];
  const [size, unit] = units.find(([limit]) => count >= limit) ?? [1, ''];
  const value = count / size;
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)}${unit}`;
}
