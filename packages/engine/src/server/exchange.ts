import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Generation, GenerationRequest } from '../engine/generation.ts';
import { summarise, type UsageRecord } from './accounting.ts';
import type { HttpError } from './http-error.ts';
import type { SamplingFields } from './request-schemas.ts';
import type { GeneratingModel } from './served-model.ts';

/** Exchange is one HTTP request with its answer. */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** tenant is who the gateway says the request is for; empty when nobody says. */
  readonly tenant: string;

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.req = req;
    this.res = res;
    this.requestId = readId(req.headers['x-request-id']) ?? randomUUID();
    this.tenant = readId(req.headers['x-slipway-tenant']) ?? '';
  }

  get headers(): Record<string, string> {
    return { 'x-request-id': this.requestId };
  }

  /** sendJson answers with JSON. */
  sendJson(status: number, body: unknown, headers: Record<string, string> = {}): void {
    this.sendJsonText(status, JSON.stringify(body), headers);
  }

  /** sendJsonText answers with JSON that is already written. */
  sendJsonText(status: number, text: string, headers: Record<string, string> = {}): void {
    if (this.res.headersSent || this.res.destroyed) return;
    this.res.writeHead(status, {
      ...this.headers,
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
    });
    this.res.end(text);
  }

  /** sendError answers with an OpenAI error body, or as the last event of a stream that has begun. */
  sendError(error: HttpError): void {
    if (this.res.destroyed) return;
    if (this.res.headersSent) {
      this.res.end(`data: ${JSON.stringify(error.body)}\n\n`);
      return;
    }
    const retry: Record<string, string> =
      error.retryAfterSeconds === null ? {} : { 'retry-after': String(error.retryAfterSeconds) };
    // The rest of an unread body would be taken for the next request.
    const close: Record<string, string> = this.req.complete ? {} : { connection: 'close' };
    this.sendJson(error.status, error.body, { ...retry, ...close });
  }
}

function readId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : null;
}

/** StreamOptions say whether and how a stream speaks of usage. */
export type StreamOptions = SamplingFields['stream_options'];

/** GenerationGroup is all choices of one HTTP request; they end together when the client leaves. */
export class GenerationGroup {
  readonly generations: Generation[] = [];
  /** usage resolves when all choices ended. */
  readonly usage: Promise<UsageRecord>;
  private readonly promptTokens: number;

  constructor(
    served: GeneratingModel,
    exchange: Exchange,
    options: { requests: readonly GenerationRequest[]; kind: UsageRecord['kind']; choicesPerPrompt: number },
  ) {
    this.promptTokens = options.requests
      .filter((_, index) => index % options.choicesPerPrompt === 0)
      .reduce((total, request) => total + request.promptTokens.length, 0);
    try {
      for (const request of options.requests) this.generations.push(served.engine.generate(request));
    } catch (error) {
      // All choices or none: what was accepted before the refusal ends.
      this.cancel();
      throw error;
    }
    const onClose = () => this.cancel();
    exchange.res.once('close', onClose);
    this.usage = Promise.all(this.generations.map((generation) => generation.finished)).then((records) => {
      exchange.res.off('close', onClose);
      const { kind, choicesPerPrompt } = options;
      const { requestId } = exchange;
      const usage = summarise({ requestId, model: served.name, kind, choicesPerPrompt }, records);
      served.onFinished(usage);
      return usage;
    });
  }

  /** usageField is the usage of a streamed piece: absent, null until the last chunk, or what was used so far, from the first token on. */
  usageField(options: StreamOptions): { usage?: object | null } {
    if (options?.include_usage !== true) return {};
    const completionTokens = this.generations.reduce((total, generation) => total + generation.producedTokens, 0);
    if (options.continuous_usage_stats !== true || completionTokens === 0) return { usage: null };
    const { promptTokens } = this;
    return {
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      },
    };
  }

  /** cancel ends every choice. */
  cancel(): void {
    for (const generation of this.generations) generation.cancel();
  }
}
