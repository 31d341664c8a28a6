import { accessContract } from '@slipway/domain/access';
import { servingContract } from '@slipway/domain/serving';
import type { Command } from 'commander';
import { type ChatMessage, type ChatRequest, streamChat } from '../client/chat-stream.ts';
import { CliError } from '../client/cli-error.ts';
import type { Session } from '../session.ts';
import { act, type Runtime } from './define.ts';

/** KEY_DAYS: a key that this CLI makes for itself is short-lived; the next chat makes another. */
const KEY_DAYS = 7;

interface ChatOptions {
  system?: string;
  maxTokens?: string;
  temperature?: string;
}

/** registerChat adds chat. */
export function registerChat(program: Command, runtime: Runtime): void {
  program
    .command('chat <endpoint> [message]')
    .description('talk to an endpoint: one message, standard input, or a conversation')
    .option('--system <text>', 'system message')
    .option('--max-tokens <count>', 'longest answer')
    .option('--temperature <value>')
    .action(act<[string, string | undefined], ChatOptions>(runtime, chat));
}

async function chat(session: Session, [endpoint, message]: [string, string | undefined], options: ChatOptions) {
  const { io } = session;
  const talk = await openTalk(session, endpoint, options);
  const messages: ChatMessage[] = options.system === undefined ? [] : [{ role: 'system', content: options.system }];
  const piped = message ?? (await io.readAll());
  if (piped !== null) {
    const content = await talk([...messages, { role: 'user', content: piped.trimEnd() }]);
    if (session.isJson) io.out(`${JSON.stringify({ model: endpoint, content }, null, 2)}\n`);
    return;
  }
  for (;;) {
    const line = await io.readLine('> ');
    if (line === null || line === '/exit') return;
    if (line.trim() === '') continue;
    messages.push({ role: 'user', content: line });
    messages.push({ role: 'assistant', content: await talk(messages) });
  }
}

type Talk = (messages: readonly ChatMessage[]) => Promise<string>;

async function openTalk(session: Session, modelId: string, options: ChatOptions): Promise<Talk> {
  const baseUrl = await findBaseUrl(session, modelId);
  const { maxTokens, temperature } = options;
  const settings = {
    baseUrl,
    model: modelId,
    maxTokens: maxTokens === undefined ? undefined : Number(maxTokens),
    temperature: temperature === undefined ? undefined : Number(temperature),
  };
  return async (messages) => {
    const request = { ...settings, messages };
    const given = session.environment.apiKey;
    if (given !== undefined) return answer(session, { ...request, apiKey: given });
    const kept = session.config.apiKeys[keyName(session)];
    try {
      return await answer(session, { ...request, apiKey: kept ?? (await makeKey(session)) });
    } catch (error) {
      // A kept key may have expired or been revoked since.
      if (kept === undefined || !(error instanceof CliError) || error.kind !== 'not_signed_in') throw error;
      return answer(session, { ...request, apiKey: await makeKey(session) });
    }
  };
}

async function answer(session: Session, request: ChatRequest): Promise<string> {
  let content = '';
  for await (const text of streamChat(request)) {
    content += text;
    if (!session.isJson) session.io.out(text);
  }
  if (!session.isJson) session.io.out('\n');
  return content;
}

async function findBaseUrl(session: Session, modelId: string): Promise<string> {
  const { gatewayUrl } = session.environment;
  const given = gatewayUrl ?? (await endpointUrl(session, modelId));
  const trimmed = given.replace(/\/+$/, '');
  return trimmed.endsWith('/v1') ? trimmed : `${trimmed}/v1`;
}

async function endpointUrl(session: Session, modelId: string): Promise<string> {
  const team = session.team();
  const { items } = await session.call(servingContract.listEndpoints, { team });
  const wanted = modelId.includes('/') ? modelId : `${team}/${modelId}`;
  const found = items.find((endpoint) => `${endpoint.team}/${endpoint.name}` === wanted);
  if (found === undefined) {
    throw new CliError(
      'not_found',
      `${team} can call no endpoint "${modelId}". \`slipway endpoints list\` shows what there is.`,
    );
  }
  const shown = await session.call(servingContract.getEndpoint, { team: found.team, endpoint: found.name });
  return shown.baseUrl;
}

const keyName = (session: Session) => `${session.url} ${session.team()}`;

async function makeKey(session: Session): Promise<string> {
  const input = { team: session.team(), name: 'slipway chat', expiresInDays: KEY_DAYS };
  const { secret } = await session.call(accessContract.createApiKey, input);
  await session.saveConfig({ apiKeys: { ...session.config.apiKeys, [keyName(session)]: secret } });
  return secret;
}
