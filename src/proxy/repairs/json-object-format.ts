import { isJsonObject } from './json-object';
import { chatRoutes, type Repair } from './repair';

/** Any JSON object, as a schema. */
const anyObject = { type: 'json_schema', json_schema: { name: 'json_object', schema: { type: 'object' } } };

/** `response_format: json_object`, which LM Studio refuses (lmstudio-bug-tracker 189), as a schema of any object. */
export const jsonObjectFormat: Repair = {
  name: 'json-object',
  kinds: ['lmstudio'],
  routes: chatRoutes,
  request: (body) => {
    const format = body.value('response_format');
    return isJsonObject(format) && format.type === 'json_object' ? { set: { response_format: anyObject } } : undefined;
  },
};
