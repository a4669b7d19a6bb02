/**
 * What VS Code's own chats call themselves. They go first where requests wait, since a person sits in front of them;
 * believed only of programs on this machine, and it opens no door.
 */
export const editorUserAgent = 'FLM language models';
