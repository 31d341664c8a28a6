/** CallSnippet is a way to call an endpoint that can be pasted. */
export interface CallSnippet {
  id: 'curl' | 'python' | 'node';
  label: string;
  code: string;
}

/** callSnippets writes how to call an endpoint; the key is a variable, never a key. `baseUrl` ends in /v1. */
export function callSnippets({ baseUrl, modelId }: { baseUrl: string; modelId: string }): CallSnippet[] {
  const base = baseUrl.replace(/\/+$/, '');
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
