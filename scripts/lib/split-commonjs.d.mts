import type { Plugin } from 'esbuild';

export const splitCommonjs: Plugin;
