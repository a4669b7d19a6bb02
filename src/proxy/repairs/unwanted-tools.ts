import { chatRoutes, type Repair } from './repair';

/**
 * `tool_choice: none`, which Ollama does not read: without tools nothing can be called. That Ollama cannot be made to
 * call one either (`required`, a named tool) has no repair.
 */
export const unwantedTools: Repair = {
  name: 'unwanted-tools',
  kinds: ['ollama'],
  routes: chatRoutes,
  request: (body) =>
    body.has('tools') && body.value('tool_choice') === 'none' ? { drop: ['tools', 'tool_choice'] } : undefined,
};
