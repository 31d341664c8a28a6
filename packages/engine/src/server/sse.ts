import type { ServerResponse } from 'node:http';
import { HttpError } from './http-error.ts';

// A reader that takes nothing for so long is gone, whatever its connection says.
const STALLED_READER_SECONDS = 60;

/**
 * SseStream writes server-sent events and waits for slow readers. Its head goes out with the first event, so that what fails
 * before still gets a proper status.
 */
export class SseStream {
  private readonly res: ServerResponse;
  private readonly headers: Record<string, string>;

  constructor(res: ServerResponse, headers: Record<string, string>) {
    this.res = res;
    this.headers = headers;
  }

  /** send writes one event; it resolves when the reader keeps up and rejects when it is gone. */
  async send(data: unknown): Promise<void> {
    if (this.res.destroyed) throw new HttpError(499, 'The client is gone', { code: 'client_closed_request' });
    this.writeHead();
    if (!this.res.write(`data: ${JSON.stringify(data)}\n\n`)) await this.drained();
  }

  /** end writes the closing mark. */
  end(): void {
    if (this.res.destroyed) return;
    this.writeHead();
    this.res.end('data: [DONE]\n\n');
  }

  private writeHead(): void {
    if (this.res.headersSent) return;
    this.res.writeHead(200, {
      ...this.headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
  }

  private drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error: HttpError | null) => {
        clearTimeout(timer);
        this.res.off('drain', onDrain);
        this.res.off('close', onClose);
        if (error === null) resolve();
        else reject(error);
      };
      const onDrain = () => settle(null);
      const onClose = () => settle(new HttpError(499, 'The client is gone', { code: 'client_closed_request' }));
      const timer = setTimeout(() => {
        this.res.destroy();
        onClose();
      }, STALLED_READER_SECONDS * 1000);
      this.res.on('drain', onDrain);
      this.res.on('close', onClose);
    });
  }
}
