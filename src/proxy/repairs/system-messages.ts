import { withOneSystemMessage } from '../dialects/system-messages';
import { isJsonObject, type JsonObject } from './json-object';
import { chatRoutes, type Repair, type RequestView } from './repair';

/** One message of the system, in the first place: what nearly every request has. */
const beginsWithSystem = /^\[\s*\{\s*"role"\s*:\s*"system"/;

/**
 * Several messages of the system, or one that is not the first: the chat template of some models (Qwen3.5 and later)
 * refuses them with 400 or 500, «System message must be at the beginning» (llama.cpp 20733, vllm 41114, ollama 18241), and
 * the role `developer` with them. Those before the first answer are joined, later ones become reminders, as for the
 * other APIs. Templates that take them get them as they came, because moving them changes what the model reads.
 */
export const systemMessages: Repair = {
  name: 'system-messages',
  kinds: ['ollama', 'vllm', 'lmstudio', 'llamacpp'],
  routes: chatRoutes,
  request: (body, { model }) => {
    if (model.isSystemFirst !== true || !mayHaveLate(body)) return undefined;
    const messages = body.value('messages');
    if (!Array.isArray(messages) || !messages.every(isJsonObject)) return undefined; // the engine's to refuse
    const told = messages.map(withSystemRole);
    const joined = withOneSystemMessage(told);
    return joined === told && !told.some((message, at) => message !== messages[at])
      ? undefined
      : { set: { messages: joined } };
  },
};

/** Says no without parsing, which takes long for long conversations. In a text the quotes would be escaped. */
function mayHaveLate(body: RequestView): boolean {
  const times = body.occurrences('messages', '"system"', 2);
  const isUsual = times === 0 || (times === 1 && beginsWithSystem.test(body.beginning('messages')));
  return !isUsual || body.includes('messages', '"developer"');
}

function withSystemRole(message: JsonObject): JsonObject {
  return message.role === 'developer' ? { ...message, role: 'system' } : message;
}
