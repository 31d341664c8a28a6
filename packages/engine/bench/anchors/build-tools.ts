import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { command } from './command.ts';
import { type AnchorPaths, prebuiltLibraries } from './paths.ts';

const INCLUDES = ['include', 'ggml/include', 'common', 'vendor', 'vendor/hash', 'tools/mtmd', 'tools/server', '.'];
// Those that llama.cpp's own build files set and that change the layout of classes shared with libllama-common.
const DEFINES = [
  'LLAMA_SUBPROCESS',
  'MTMD_VIDEO',
  'CPPHTTPLIB_FORM_URL_ENCODED_PAYLOAD_MAX_LENGTH=1048576',
  'CPPHTTPLIB_LISTEN_BACKLOG=512',
  'CPPHTTPLIB_REQUEST_URI_MAX_LENGTH=32768',
  'CPPHTTPLIB_TCP_NODELAY=1',
];
const LIBRARIES = ['libllama-common.so', 'libllama.v0.5.0.so', 'libggml.v0.5.0.so', 'libggml-base.so'];
// llama-server serves a web page that its own build generates; nobody asks for it here.
const UI_HEADER = `#pragma once
#include <array>
#include <string>
struct llama_ui_asset {
    std::string name;
    const unsigned char * data;
    std::size_t size;
    std::string etag;
    std::string type;
};
inline const llama_ui_asset * llama_ui_find_asset(const std::string &) { return nullptr; }
inline bool llama_ui_use_gzip() { return false; }
inline const std::array<llama_ui_asset, 0> & llama_ui_get_assets() {
    static const std::array<llama_ui_asset, 0> empty{};
    return empty;
}
`;

/** copyLibraries puts the prebuilt libraries beside the tools: ggml looks there for the one that fits the processor. */
export function copyLibraries(paths: AnchorPaths): void {
  mkdirSync(paths.bin, { recursive: true });
  const from = prebuiltLibraries();
  for (const name of readdirSync(from).filter((file) => file.endsWith('.so'))) {
    const to = path.join(paths.bin, name);
    if (!existsSync(to)) copyFileSync(path.join(from, name), to);
  }
}

/** buildBatchedBench compiles llama-batched-bench: two small files. */
export async function buildBatchedBench(paths: AnchorPaths): Promise<void> {
  await buildTool(paths, paths.batchedBench, ['tools/batched-bench/main.cpp', 'tools/batched-bench/batched-bench.cpp']);
}

/** buildCompletion compiles llama-completion, the plain command-line generator. */
export async function buildCompletion(paths: AnchorPaths): Promise<void> {
  await buildTool(paths, paths.llamaCompletion, ['tools/completion/main.cpp', 'tools/completion/completion.cpp']);
}

/** buildServer compiles llama-server with the multimodal code that it cannot do without: some minutes the first time. */
export async function buildServer(paths: AnchorPaths): Promise<void> {
  const sourcesOf = (directory: string, isWanted: (name: string) => boolean) =>
    readdirSync(path.join(paths.source, directory))
      .filter((name) => name.endsWith('.cpp') && isWanted(name))
      .map((name) => `${directory}/${name}`);
  await buildTool(paths, paths.llamaServer, [
    ...sourcesOf('tools/server', () => true),
    ...sourcesOf('tools/mtmd', (name) => name !== 'mtmd-cli.cpp' && name !== 'deprecation-warning.cpp'),
    ...sourcesOf('tools/mtmd/models', () => true),
    'vendor/cpp-httplib/httplib.cpp',
    'vendor/hash/hash.cpp',
    'vendor/hash/sha256/sha256.c',
  ]);
}

async function buildTool(paths: AnchorPaths, tool: string, sources: readonly string[]): Promise<void> {
  if (existsSync(tool)) return;
  mkdirSync(paths.objects, { recursive: true });
  writeFileSync(path.join(paths.objects, 'ui.h'), UI_HEADER);
  const objects = await compileAll(paths, sources);
  const partial = `${tool}.partial`;
  const libraries = LIBRARIES.map((name) => `-l:${name}`);
  await command(
    'g++',
    ['-o', partial, ...objects, `-L${paths.bin}`, ...libraries, '-Wl,-rpath,$ORIGIN', '-pthread'],
    paths.source,
  );
  renameSync(partial, tool);
}

async function compileAll(paths: AnchorPaths, sources: readonly string[]): Promise<string[]> {
  const queue = [...sources];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await compile(paths, next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return sources.map((source) => objectOf(paths, source));
}

async function compile(paths: AnchorPaths, source: string): Promise<void> {
  const object = objectOf(paths, source);
  if (existsSync(object)) return;
  // The multimodal code never runs here.
  const level = source.startsWith('tools/mtmd/') ? '-O0' : '-O2';
  const includes = [paths.objects, ...INCLUDES.map((name) => path.join(paths.source, name))].map((name) => `-I${name}`);
  const defines = DEFINES.map((name) => `-D${name}`);
  const partial = `${object}.partial`;
  const language = source.endsWith('.c') ? [] : ['-std=c++17'];
  const output = ['-c', path.join(paths.source, source), '-o', partial];
  const compiler = source.endsWith('.c') ? 'gcc' : 'g++';
  await command(compiler, [level, ...language, '-w', '-pthread', ...defines, ...includes, ...output], paths.source);
  renameSync(partial, object);
}

function objectOf(paths: AnchorPaths, source: string): string {
  return path.join(paths.objects, `${source.replaceAll('/', '_')}.o`);
}
