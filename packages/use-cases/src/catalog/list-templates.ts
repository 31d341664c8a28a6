import type { catalogContract } from '@slipway/domain/catalog';
import { TEMPLATES } from '@slipway/templates';
import { z } from 'zod';
import type { Verb } from '../shared/verb.ts';

/** listTemplates lists the golden paths with the JSON Schema of their parameters, from which forms are made. */
export const listTemplates: Verb<typeof catalogContract.listTemplates> = async () => ({
  items: TEMPLATES.map(({ id, version, kind, title, description, params }) => {
    const defaults = params.safeParse({});
    return {
      id,
      version,
      kind,
      title,
      description,
      paramsSchema: z.toJSONSchema(params, { io: 'input' }),
      defaults: defaults.success ? defaults.data : {},
    };
  }),
});
