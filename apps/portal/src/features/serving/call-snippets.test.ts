import { expect, test } from 'vitest';
import { callSnippets } from './call-snippets.ts';

const snippets = callSnippets({ baseUrl: 'http://localhost:8080/v1/', modelId: 'alpha/chat' });

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
