import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const schemaDir = join(root, 'prisma/schema');

const { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } = createRequire(
  import.meta.resolve('@prisma/adapter-pg'),
)('@prisma/driver-adapter-utils');

// Postgres' one-byte "char" stands all over its catalogue; the engine asks for it and the adapter does not know it.
const CHAR_OID = 18;
const TEXT_OID = 25;

class CataloguePool extends pg.Pool {
  charColumns = [];
  async query(...args) {
    const result = await super.query(...args);
    this.charColumns = [];
    for (const [index, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== CHAR_OID) continue;
      field.dataTypeID = TEXT_OID;
      this.charColumns.push(index);
    }
    return result;
  }
}

class CatalogueAdapter extends PrismaPg {
  constructor(pool) {
    super(pool);
    this.pool = pool;
  }
  async connect() {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const index of this.pool.charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    };
    return adapter;
  }
}

let isLoaded = false;

async function loadEngine(adapterFactory) {
  // The bindings hold one instance for the whole process.
  if (!isLoaded) {
    // The engine reports a panic through this before it traps.
    globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
    const require = createRequire(import.meta.url);
    const wasmPath = join(dirname(require.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm');
    const module = new WebAssembly.Module(readFileSync(wasmPath));
    const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': bindings });
    bindings.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
    isLoaded = true;
  }
  return bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, adapterFactory);
}

function schemaFiles() {
  return readdirSync(schemaDir)
    .filter((name) => name.endsWith('.prisma'))
    .sort()
    .map((name) => ({ path: join(schemaDir, name), content: readFileSync(join(schemaDir, name), 'utf8') }));
}

/** diffFromDatabase gives the SQL that turns the database at `url` into prisma/schema; empty when they agree. */
export async function diffFromDatabase(url) {
  const pool = new CataloguePool({ connectionString: url, max: 1 });
  const engine = await loadEngine(bindMigrationAwareSqlAdapterFactory(new CatalogueAdapter(pool)));
  try {
    const result = await engine.diff({
      from: { tag: 'schemaDatasource', files: schemaFiles(), configDir: schemaDir },
      to: { tag: 'schemaDatamodel', files: schemaFiles() },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.exitCode === 0 ? '' : (result.stdout ?? '');
  } finally {
    engine.free();
    await pool.end();
  }
}
