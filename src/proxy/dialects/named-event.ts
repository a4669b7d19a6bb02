/** One server-sent event with its name, as Anthropic's API and the Responses API send all of theirs. */
export function namedEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
