import { describe, expect, test } from 'vitest';
import { ChatTemplate } from './chat-template.ts';

const TOKENS = { bosText: '<s>', eosText: '</s>' };
const CHATML =
  "{{ bos_token }}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if tools %}{{ tools | tojson }}{% endif %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

describe('ChatTemplate', () => {
  test('renders messages, marks, tools and further variables', () => {
    const template = new ChatTemplate(`${CHATML}{% if thinking %}THINK{% endif %}`, TOKENS);
    const input = { messages: [{ role: 'user', content: 'Hi' }], tools: [{ a: 1 }], addGenerationPrompt: true };
    expect(template.render({ ...input, variables: { thinking: true } })).toBe(
      '<s><|im_start|>user\nHi<|im_end|>\n[{"a": 1}]<|im_start|>assistant\nTHINK',
    );
  });

  test('variables of a request cannot replace the messages', () => {
    const template = new ChatTemplate(CHATML, TOKENS);
    const messages = [{ role: 'user', content: 'Hi' }];
    const prompt = template.render({ messages, tools: null, addGenerationPrompt: false, variables: { messages: [] } });
    expect(prompt).toContain('Hi');
  });

  test('what a template refuses is the request\u2019s fault, with the reason', () => {
    const template = new ChatTemplate("{{ raise_exception('roles must alternate') }}", TOKENS);
    expect(() => template.render({ messages: [], tools: null, addGenerationPrompt: true })).toThrow(
      expect.objectContaining({ kind: 'invalid', message: expect.stringContaining('roles must alternate') }),
    );
  });
});
