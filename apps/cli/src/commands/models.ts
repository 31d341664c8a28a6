import { type ModelSource, registryContract, type VersionView } from '@slipway/domain/registry';
import type { Command } from 'commander';
import { CliError } from '../client/cli-error.ts';
import { uploadFile } from '../client/upload.ts';
import { bytes, time } from '../output/format.ts';
import { renderFields, renderTable } from '../output/table.ts';
import type { Session } from '../session.ts';
import { act, type Runtime } from './define.ts';
import { waitUntil } from './follow.ts';

interface RegisterOptions {
  file?: string;
  path?: string;
  s3?: string;
  region?: string;
  s3Endpoint?: string;
  hf?: string;
  hfFile?: string;
  revision?: string;
  hfToken?: string;
  description?: string;
  licence?: string;
  digest?: string;
  wait?: boolean;
}

/** registerModels adds models: list, show, register. */
export function registerModels(program: Command, runtime: Runtime): void {
  const models = program.command('models').description('models and their immutable versions');
  models
    .command('list')
    .option('--search <text>')
    .description("list the team's models and those shared with everybody")
    .action(
      act<[], { search?: string }>(runtime, async (session, _args, { search }) => {
        const answer = await session.call(registryContract.listModels, { team: session.team(), search });
        session.print(answer, () =>
          renderTable(
            answer.items,
            [
              { title: 'model', value: (model) => `${model.team}/${model.name}` },
              { title: 'versions', value: (model) => model.versionCount },
              { title: 'newest', value: (model) => model.latestVersion?.status ?? '-' },
              { title: 'size', value: (model) => bytes(model.latestVersion?.sizeBytes ?? null) },
              { title: 'visible to', value: (model) => model.visibility },
            ],
            'There is no model yet. Register one with `slipway models register <model> --file <path>`.',
          ),
        );
      }),
    );
  models
    .command('show <model>')
    .description('show a model with its versions')
    .action(
      act<[string]>(runtime, async (session, [model]) => {
        const answer = await session.call(registryContract.getModel, { team: session.team(), model });
        session.print(answer, () => `${answer.description}\n\n${versionTable(answer.versions)}`.trim());
      }),
    );
  models
    .command('register <model>')
    .description('register a version from exactly one source')
    .option('--file <path>', 'upload a file of this machine')
    .option('--path <path>', 'a file of the server, in an allowed directory')
    .option('--s3 <uri>', 's3://bucket/key')
    .option('--region <region>', 'with --s3')
    .option('--s3-endpoint <url>', 'with --s3, for other stores than AWS')
    .option('--hf <owner/name>', 'a Hugging Face repository')
    .option('--hf-file <file>', 'with --hf: the file in the repository')
    .option('--revision <revision>', 'with --hf', 'main')
    .option('--hf-token <token>', 'with --hf, for gated repositories')
    .option('--description <text>')
    .option('--licence <licence>')
    .option('--digest <sha256:…>', 'refuse other bytes')
    .option('--wait', 'until the version is ready')
    .action(
      act<[string], RegisterOptions>(runtime, (session, [model], options) =>
        register(runtime, session, { model, options }),
      ),
    );
}

async function register(
  runtime: Runtime,
  session: Session,
  { model, options }: { model: string; options: RegisterOptions },
): Promise<void> {
  const team = session.team();
  const source = await toSource(session, options);
  const { description, licence, digest } = options;
  const input = { team, model, source, description, licence, expectedDigest: digest };
  const registered = await session.call(registryContract.registerModelVersion, input);
  const version = options.wait ? await importedVersion(runtime, session, registered) : registered;
  session.print(version, () =>
    renderFields([
      ['version', version.label],
      ['id', version.id],
      ['status', version.status],
      ['digest', version.digest],
      ['size', bytes(version.sizeBytes)],
    ]),
  );
}

function importedVersion(runtime: Runtime, session: Session, { id, label }: VersionView) {
  return waitUntil(runtime, session, {
    look: () => session.call(registryContract.getModelVersion, { team: session.team(), versionId: id }),
    // Cancelled: the model already has these bytes, and the condition says as which version.
    wanted: ['ready'],
    ended: ['failed', 'cancelled'],
    describe: (version) =>
      `${label} ${version.status} ${bytes(version.transferredBytes)} of ${bytes(version.totalBytes)}`,
  });
}

async function toSource(session: Session, options: RegisterOptions): Promise<ModelSource> {
  const { file, path, s3, hf } = options;
  const given = [file, path, s3, hf].filter((source) => source !== undefined);
  if (given.length !== 1) throw new CliError('usage', 'Give exactly one of --file, --path, --s3 and --hf.');
  if (path !== undefined) return { kind: 'path', path };
  if (s3 !== undefined) return { kind: 's3', uri: s3, region: options.region, endpoint: options.s3Endpoint };
  if (hf !== undefined) {
    if (options.hfFile === undefined)
      throw new CliError('usage', 'Say which file of the repository: --hf-file <file>.');
    return {
      kind: 'huggingface',
      repository: hf,
      file: options.hfFile,
      revision: options.revision ?? 'main',
      token: options.hfToken,
    };
  }
  return { kind: 'upload', uploadId: await upload(session, file ?? '', 'model') };
}

/** upload sends a file with a line of progress and answers the upload's id. */
export async function upload(session: Session, filePath: string, purpose: 'model' | 'dataset'): Promise<string> {
  const { url, io } = session;
  const uploadId = await uploadFile({
    url,
    token: session.token(),
    team: session.team(),
    purpose,
    filePath,
    onProgress: (sent, total) => io.progress(`Uploading ${bytes(sent)} of ${bytes(total)}`),
  });
  io.progress('');
  return uploadId;
}

const versionTable = (versions: readonly VersionView[]) =>
  renderTable(
    versions,
    [
      { title: 'version', value: (version) => version.label },
      { title: 'status', value: (version) => version.status },
      { title: 'size', value: (version) => bytes(version.sizeBytes) },
      { title: 'quantisation', value: (version) => version.metadata?.quantisation ?? '-' },
      { title: 'from', value: (version) => version.lineage?.baseLabel ?? version.source.kind },
      { title: 'created', value: (version) => time(version.createdAt) },
      { title: 'id', value: (version) => version.id },
    ],
    'The model has no version yet.',
  );
