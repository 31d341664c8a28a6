import type { ServedTask } from '@slipway/domain/registry';

/** CallSnippet is a way to call an endpoint that can be pasted. */
export interface CallSnippet {
  id: 'curl' | 'python' | 'node';
  label: string;
  code: string;
}

/** callSnippets writes how to call an endpoint; the key is a variable, never a key. `baseUrl` ends in /v1. */
export function callSnippets(endpoint: { baseUrl: string; modelId: string; task: ServedTask }): CallSnippet[] {
  const base = endpoint.baseUrl.replace(/\/+$/, '');
  return endpoint.task === 'embedding'
    ? embeddingSnippets(base, endpoint.modelId)
    : chatSnippets(base, endpoint.modelId);
}

function embeddingSnippets(base: string, modelId: string): CallSnippet[] {
  return [
    {
      id: 'curl',
      label: 'curl',
      code: `curl ${base}/embeddings \\
  -H "Authorization: Bearer $SLIPWAY_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model": ${JSON.stringify(modelId)}, "input": ["What is the capital of France?"]}'`,
    },
    {
      id: 'python',
      label: 'Python',
      code: `# pip install openai
import os
from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(base)}, api_key=os.environ["SLIPWAY_API_KEY"])
answer = client.embeddings.create(
    model=${JSON.stringify(modelId)},
    input=["What is the capital of France?"],
)
print(len(answer.data[0].embedding), answer.usage)`,
    },
    {
      id: 'node',
      label: 'Node',
      code: `// npm install openai
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${base}', apiKey: process.env.SLIPWAY_API_KEY });
const answer = await client.embeddings.create({
  model: '${modelId}',
  input: ['What is the capital of France?'],
});
console.log(answer.data[0].embedding.length, answer.usage);`,
    },
  ];
}

function chatSnippets(base: string, modelId: string): CallSnippet[] {
  return [
    {
      id: 'curl',
      label: 'curl',
      code: `curl ${base}/chat/completions \\
  -H "Authorization: Bearer $SLIPWAY_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": ${JSON.stringify(modelId)},
    "messages": [{"role": "user", "content": "What is the capital of France?"}],
    "stream": true
  }'`,
    },
    {
      id: 'python',
      label: 'Python',
      code: `# pip install openai
import os
from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(base)}, api_key=os.environ["SLIPWAY_API_KEY"])
stream = client.chat.completions.create(
    model=${JSON.stringify(modelId)},
    messages=[{"role": "user", "content": "What is the capital of France?"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`,
    },
    {
      id: 'node',
      label: 'Node',
      code: `// npm install openai
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${base}', apiKey: process.env.SLIPWAY_API_KEY });
const stream = await client.chat.completions.create({
  model: '${modelId}',
  messages: [{ role: 'user', content: 'What is the capital of France?' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');`,
    },
  ];
}
