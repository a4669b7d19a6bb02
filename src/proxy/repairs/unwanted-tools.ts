import { chatRoutes, type Repair } from './repair';

/** `tool_choice: none`, which Ollama does not read: without tools nothing can be called. */
export const unwantedTools: Repair = {
  name: 'unwanted-tools',
  kinds: ['ollama'],
  routes: chatRoutes,
  request: (body) =>
    body.has('tools') && body.value('tool_choice') === 'none' ? { drop: ['tools', 'tool_choice'] } : undefined,
};
