import { Template } from '@huggingface/jinja';
import { EngineError } from '../engine/errors.ts';

/** ChatMessage is a message as templates expect it: text content, tool arguments as objects. */
export interface ChatMessage {
  role: string;
  content: string;
  name?: string;
  tool_call_id?: string;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: unknown } }[];
}

/** ChatTemplateInput is what a template is rendered with. */
export interface ChatTemplateInput {
  messages: readonly ChatMessage[];
  /** tools are OpenAI tool definitions, as they came. */
  tools: readonly unknown[] | null;
  addGenerationPrompt: boolean;
  /** variables are further template variables (such as enable_thinking). */
  variables?: Readonly<Record<string, unknown>>;
}

/** ChatTemplate renders messages into a prompt with the model's own Jinja template. */
export class ChatTemplate {
  private readonly template: Template;
  private readonly tokens: { bosText: string; eosText: string };

  constructor(source: string, tokens: { bosText: string; eosText: string }) {
    this.template = new Template(source);
    this.tokens = tokens;
  }

  /** render throws an invalid EngineError when the template refuses the messages. */
  render(input: ChatTemplateInput): string {
    try {
      return this.template.render({
        ...input.variables,
        messages: input.messages,
        ...(input.tools === null ? {} : { tools: input.tools }),
        add_generation_prompt: input.addGenerationPrompt,
        bos_token: this.tokens.bosText,
        eos_token: this.tokens.eosText,
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError('invalid', `The model's chat template refuses these messages: ${reason}`, {
        code: 'chat_template_error',
      });
    }
  }
}
