import { handleRest } from '@slipway/api';
import { bearerActor } from './actor.ts';
import { contextOf } from './context.ts';

/** handleRestRequest answers /api/v1 for holders of a personal access token; no cookie counts here, so no other site can use one. */
export async function handleRestRequest(req: Request): Promise<Response> {
  return handleRest(req, contextOf(req.headers, await bearerActor(req.headers)));
}
