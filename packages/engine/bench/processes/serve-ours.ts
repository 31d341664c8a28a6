import { startEngineServer } from '../../src/index.ts';

// Started by servers/engine-server.ts with its options as JSON; the first line it prints is its port.
const [options] = process.argv.slice(2);
if (options === undefined) throw new Error('usage: serve-ours.ts <options as JSON>');
const server = await startEngineServer({ modelName: 'bench', ...JSON.parse(options) });
process.once('SIGTERM', () => void server.close({ graceSeconds: 0 }).then(() => process.exit(0)));
console.log(JSON.stringify({ port: server.port }));
