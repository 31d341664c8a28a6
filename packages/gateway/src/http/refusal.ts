/** Refusal is an answer that the gateway gives itself, in OpenAI's error form. */
export interface Refusal {
  status: number;
  type: string;
  code: string;
  message: string;
  param?: string;
  retryAfterSeconds?: number;
}

/** refusal makes a Refusal; `type` follows OpenAI's names for the status. */
export function refusal(
  status: number,
  code: string,
  message: string,
  extra: { param?: string; retryAfterSeconds?: number } = {},
): Refusal {
  return { status, type: typeOf(status), code, message, ...extra };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** errorBody is the JSON that OpenAI clients understand. */
export function errorBody(value: Refusal): string {
  const { message, type, code, param } = value;
  return JSON.stringify({
    error: { message, type, param: param ?? null, code },
  });
}
