import { chatRoutes, type Repair } from './repair';

/** Choices that mean nothing without tools. `required` and a named tool stay: the engine refuses them for good reason. */
const idleChoices = new Set<unknown>(['auto', 'none', null]);

/** vLLM answers 400 to `tools: []`, and to a `tool_choice` without tools. */
export const emptyTools: Repair = {
  name: 'empty-tools',
  kinds: ['vllm'],
  routes: chatRoutes,
  request: (body) => {
    if (!/^\[\s*\]/.test(body.beginning('tools'))) return undefined;
    const isIdle = body.has('tool_choice') && idleChoices.has(body.value('tool_choice'));
    return { drop: isIdle ? ['tools', 'tool_choice'] : ['tools'] };
  },
};
