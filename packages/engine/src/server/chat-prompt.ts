import type { ChatMessage } from '../chat/chat-template.ts';
import { HttpError } from './http-error.ts';
import type { RequestMessage } from './request-schemas.ts';
import type { GeneratingModel } from './served-model.ts';

/** ChatPromptInput is what a chat prompt is made from. */
export interface ChatPromptInput {
  messages: readonly RequestMessage[];
  tools: readonly unknown[] | null;
  addGenerationPrompt?: boolean;
  variables?: Readonly<Record<string, unknown>>;
}

/** encodeChat renders messages with the model's own template and tokenises the result. */
export async function encodeChat(served: GeneratingModel, input: ChatPromptInput): Promise<Int32Array> {
  if (served.chatTemplate === null) {
    throw new HttpError(400, `The model ${served.name} has no chat template; use /v1/completions`, {
      code: 'no_chat_template',
    });
  }
  const prompt = served.chatTemplate.render({
    messages: withSystemMessage(input.messages, served.defaultSystemMessage).map(toTemplateMessage),
    tools: input.tools,
    addGenerationPrompt: input.addGenerationPrompt ?? true,
    ...(input.variables === undefined ? {} : { variables: input.variables }),
  });
  const { tokenizer } = served.engine.runner;
  // Many templates write the BOS mark themselves; twice would change the answer.
  const addSpecial = tokenizer.bosText === '' || !prompt.startsWith(tokenizer.bosText);
  return tokenizer.encode(prompt, { addSpecial, parseSpecial: true });
}

function withSystemMessage(messages: readonly RequestMessage[], content: string | null): readonly RequestMessage[] {
  const hasOwn = messages.some(({ role }) => role === 'system' || role === 'developer');
  return content === null || hasOwn ? messages : [{ role: 'system', content }, ...messages];
}

function toTemplateMessage(message: RequestMessage): ChatMessage {
  const { content } = message;
  return {
    role: message.role === 'developer' ? 'system' : message.role,
    content: typeof content === 'string' ? content : (content ?? []).map((part) => part.text).join('\n'),
    ...(message.name === undefined ? {} : { name: message.name }),
    ...(message.tool_call_id === undefined ? {} : { tool_call_id: message.tool_call_id }),
    ...(message.tool_calls == null
      ? {}
      : {
          tool_calls: message.tool_calls.map((call) => ({
            ...call,
            function: { name: call.function.name, arguments: parseArguments(call.function.arguments) },
          })),
        }),
  };
}

function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
