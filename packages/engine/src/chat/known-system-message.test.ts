import { expect, test } from 'vitest';
import { knownSystemMessage } from './known-system-message.ts';

const SMOLLM =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}{% endfor %}";

test.each([
  ['SmolLM’s own words are replaced', SMOLLM, 'You are a helpful AI assistant.'],
  ['another template keeps its own', "{{ 'You are Qwen, created by Alibaba Cloud.' }}", null],
  ['no template, no message', null, null],
])('%s', (_name, template, expected) => {
  expect(knownSystemMessage(template)).toBe(expected);
});
