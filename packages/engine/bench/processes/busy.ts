import { Worker } from 'node:worker_threads';

// usage: busy.ts <threads> <seconds>: keeps so many cores busy, then ends by itself.
const [threads = '2', seconds = '60'] = process.argv.slice(2);
const spin = `const end = Date.now() + ${Number(seconds) * 1000}; let sum = 0; while (Date.now() < end) sum += 1;`;
for (let thread = 0; thread < Number(threads); thread += 1) new Worker(spin, { eval: true });
console.log('busy');
