import { accessRouter } from './access/router.ts';
import { catalogRouter } from './catalog/router.ts';
import { liveRouter } from './live/router.ts';
import { meteringRouter } from './metering/router.ts';
import { quotaRouter } from './quota/router.ts';
import { registryRouter } from './registry/router.ts';
import { rolloutRouter } from './rollout/router.ts';
import { servingRouter } from './serving/router.ts';
import { trainingRouter } from './training/router.ts';
import { createCallerFactory, router } from './trpc.ts';

/** appRouter is every verb of the platform, one router a noun, and the live events. */
export const appRouter = router({
  access: accessRouter,
  catalog: catalogRouter,
  quota: quotaRouter,
  registry: registryRouter,
  training: trainingRouter,
  serving: servingRouter,
  rollout: rolloutRouter,
  metering: meteringRouter,
  live: liveRouter,
});

/** AppRouter is the type that clients import. */
export type AppRouter = typeof appRouter;

/** createCaller calls procedures in this process with a context. */
export const createCaller = createCallerFactory(appRouter);
