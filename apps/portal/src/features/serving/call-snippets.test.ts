import { expect, test } from 'vitest';
import { callSnippets } from './call-snippets.ts';

const snippetsOf = (task: 'generation' | 'embedding') =>
  callSnippets({ baseUrl: 'http://localhost:8080/v1/', modelId: 'alpha/chat', task });
const snippets = [...snippetsOf('generation'), ...snippetsOf('embedding')];

test.each(snippets.map((snippet) => [snippet.label, snippet.code]))(
  '%s names model and gateway, and holds no key',
  (_label, code) => {
    expect(code).toContain('alpha/chat');
    expect(code).toContain('http://localhost:8080/v1');
    expect(code).not.toContain('/v1//');
    expect(code).toContain('SLIPWAY_API_KEY');
    expect(code).not.toContain('slp_');
  },
);

test('a model that gives embeddings is called for those', () => {
  for (const { code } of snippetsOf('embedding')) expect(code).toMatch(/embeddings/);
  for (const { code } of snippetsOf('generation')) expect(code).toMatch(/chat.completions/);
});
