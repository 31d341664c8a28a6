import type { RowGroup } from '../bench-context.ts';
import { ABUSE } from './abuse.ts';
import { BURSTS } from './bursts.ts';
import { BUSY_NEIGHBOUR } from './busy-neighbour.ts';
import { COLD_START } from './cold-start.ts';
import { CONTROL_PLANE } from './control-plane.ts';
import { DECODE } from './decode.ts';
import { FAN_OUT } from './fan-out.ts';
import { MIXED_LENGTHS } from './mixed-lengths.ts';
import { NODE_LLAMA_CPP } from './node-llama-cpp.ts';
import { PREFILL } from './prefill.ts';
import { KV_LAYOUT, SHARED_PREFIX } from './shared-prefix.ts';
import { SPECULATION } from './speculation.ts';
import { TIERS } from './tiers.ts';
import { USERS_TOGETHER } from './users.ts';

/** ALL_ROWS are the row groups by the name that --rows takes; to add one, write its file and name it here. */
export const ALL_ROWS: Readonly<Record<string, RowGroup>> = {
  w3: DECODE,
  users: USERS_TOGETHER,
  nlc: NODE_LLAMA_CPP,
  prefill: PREFILL,
  w1: SHARED_PREFIX,
  layout: KV_LAYOUT,
  w8: FAN_OUT,
  w4: MIXED_LENGTHS,
  w5: BURSTS,
  busy: BUSY_NEIGHBOUR,
  w9: ABUSE,
  cold: COLD_START,
  control: CONTROL_PLANE,
  tiers: TIERS,
  spec: SPECULATION,
};
