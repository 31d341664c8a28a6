import { describe, expect, it } from 'vitest';
import { readEnvironment } from './env.ts';

const DATABASE_URL = 'postgres://x/y';

describe('readEnvironment', () => {
  it('has a default for everything but the database', () => {
    expect(readEnvironment({ DATABASE_URL, SLIPWAY_DATA_DIR: '/data' })).toMatchObject({
      databaseUrl: DATABASE_URL,
      dataDir: '/data',
      gatewayPort: 8080,
      workerPort: 9090,
      gatewayUrl: 'http://localhost:8080',
      allowedModelPaths: [],
      starter: 'full',
    });
  });
  it.each([
    { source: {}, names: 'DATABASE_URL' },
    { source: { DATABASE_URL, SLIPWAY_GATEWAY_PORT: 'http' }, names: 'SLIPWAY_GATEWAY_PORT' },
    { source: { DATABASE_URL, SLIPWAY_WORKER_PORT: '70000' }, names: 'SLIPWAY_WORKER_PORT' },
    { source: { DATABASE_URL, SLIPWAY_STARTER: 'huge' }, names: 'SLIPWAY_STARTER' },
  ])('names the variable at fault in $source', ({ source, names }) => {
    expect(() => readEnvironment(source)).toThrow(names);
  });
  it('lets no secret through to programs and tools', () => {
    const source = {
      DATABASE_URL,
      SLIPWAY_AUTH_SECRET: 's',
      AWS_SECRET_ACCESS_KEY: 'k',
      PATH: '/bin',
      PIP_INDEX_URL: 'u',
    };
    const { programEnvironment, toolEnvironment } = readEnvironment(source);
    expect(programEnvironment).toEqual({ PATH: '/bin' });
    expect(Object.keys(toolEnvironment)).not.toContain('DATABASE_URL');
    expect(Object.keys(toolEnvironment)).not.toContain('SLIPWAY_AUTH_SECRET');
    expect(toolEnvironment).toMatchObject({ PIP_INDEX_URL: 'u' });
  });
});
