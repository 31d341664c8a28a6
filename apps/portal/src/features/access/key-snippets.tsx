'use client';
import { CodeBlock, FilterChips } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { snippetsFor } from './snippets.ts';

const LANGUAGES = [
  { value: 'curl', label: 'curl' },
  { value: 'python', label: 'Python' },
  { value: 'javascript', label: 'JavaScript' },
] as const;
type Language = (typeof LANGUAGES)[number]['value'];

/** KeySnippets shows how to use a new key, with an endpoint of the team where there is one. */
export function KeySnippets({ team, secret, gatewayUrl }: { team: string; secret: string; gatewayUrl: string }) {
  const trpc = useTRPC();
  const [language, setLanguage] = useState<Language>('curl');
  const endpoints = useQuery(trpc.serving.listEndpoints.queryOptions({ team }));
  // The snippets chat, which a model that gives embeddings cannot.
  const items = endpoints.data?.items.filter((endpoint) => endpoint.stable?.task !== 'embedding');
  const first = items?.find((endpoint) => endpoint.status === 'ready') ?? items?.[0];
  const snippets = snippetsFor({
    secret,
    model: first?.modelId ?? 'your-endpoint',
    baseUrl: `${gatewayUrl}/v1`,
  });
  return (
    <div className="flex flex-col gap-2">
      <FilterChips
        label="Language"
        options={LANGUAGES.slice(1)}
        allLabel="curl"
        value={language === 'curl' ? null : language}
        onChange={(value) => setLanguage(value ?? 'curl')}
      />
      <CodeBlock label={`${language} example`} code={snippets[language]} maxHeight={260} />
    </div>
  );
}
