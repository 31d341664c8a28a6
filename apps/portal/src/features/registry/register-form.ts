import { slugSchema } from '@slipway/domain/kernel';
import type { ModelSource } from '@slipway/domain/registry';
import { z } from 'zod';

/** SOURCES are the ways to bring a model in. */
export const SOURCES = ['upload', 'huggingface', 's3', 'path'] as const;
/** SourceKind is one of them. */
export type SourceKind = (typeof SOURCES)[number];

/** registerSchema is the form of a new version; only the fields of the chosen source must be right. */
export const registerSchema = z
  .object({
    model: slugSchema,
    kind: z.enum(SOURCES),
    path: z.string().trim().max(4_096),
    uri: z.string().trim().max(2_048),
    region: z.string().trim().max(64),
    endpoint: z.string().trim().max(2_048),
    accessKeyId: z.string().trim().max(256),
    secretAccessKey: z.string().max(256),
    repository: z.string().trim().max(256),
    file: z.string().trim().max(512),
    revision: z.string().trim().max(128),
    token: z.string().trim().max(256),
    description: z.string().trim().max(2_000),
    licence: z.string().trim().max(120),
    expectedDigest: z
      .string()
      .trim()
      .regex(/^$|^(sha256:)?[0-9a-fA-F]{64}$/, 'Give sha256: and 64 hex digits, or leave it empty.'),
  })
  .check(({ value, issues }) => {
    for (const [path, message] of problemsOf(value)) {
      issues.push({ code: 'custom', message, path: [path], input: value[path] });
    }
  });
/** RegisterValues is what the form holds. */
export type RegisterValues = z.infer<typeof registerSchema>;

/** EMPTY_REGISTER is the form before anything was typed. */
export const EMPTY_REGISTER: RegisterValues = {
  model: '',
  kind: 'upload',
  path: '',
  uri: '',
  region: '',
  endpoint: '',
  accessKeyId: '',
  secretAccessKey: '',
  repository: '',
  file: '',
  revision: 'main',
  token: '',
  description: '',
  licence: '',
  expectedDigest: '',
};

type Problem = ['path' | 'uri' | 'endpoint' | 'repository' | 'file', string];

function problemsOf(values: Record<string, unknown>): Problem[] {
  const text = (name: string) => String(values[name] ?? '');
  switch (values.kind) {
    case 'path':
      return text('path').startsWith('/')
        ? []
        : [['path', 'Give an absolute path on the server, for example /models/chat.gguf.']];
    case 's3': {
      const problems: Problem[] = [];
      if (!/^s3:\/\/[^/]+\/.+$/.test(text('uri'))) problems.push(['uri', 'Give s3://bucket/key.']);
      if (text('endpoint') !== '' && !URL.canParse(text('endpoint')))
        problems.push(['endpoint', 'Give a URL, or leave it empty.']);
      return problems;
    }
    case 'huggingface': {
      const problems: Problem[] = [];
      if (!/^[\w.-]+\/[\w.-]+$/.test(text('repository'))) problems.push(['repository', 'Give owner/name.']);
      if (!text('file').toLowerCase().endsWith('.gguf')) problems.push(['file', 'Give a file that ends in .gguf.']);
      return problems;
    }
    default:
      return [];
  }
}

/** sourceOf is the form's source as the contract wants it; an upload needs the id of what was uploaded. */
export function sourceOf(values: RegisterValues, uploadId: string | null): ModelSource | null {
  switch (values.kind) {
    case 'upload':
      return uploadId === null ? null : { kind: 'upload', uploadId };
    case 'path':
      return { kind: 'path', path: values.path };
    case 's3':
      return {
        kind: 's3',
        uri: values.uri,
        ...filled({ region: values.region, endpoint: values.endpoint }),
        ...filled({ accessKeyId: values.accessKeyId, secretAccessKey: values.secretAccessKey }),
      };
    case 'huggingface':
      return {
        kind: 'huggingface',
        repository: values.repository,
        file: values.file,
        revision: values.revision === '' ? 'main' : values.revision,
        ...filled({ token: values.token }),
      };
  }
}

/** registerInput is what is sent besides the source. */
export function registerInput(values: RegisterValues) {
  const digest = values.expectedDigest.toLowerCase().replace('sha256:', '');
  return {
    model: values.model,
    ...filled({
      description: values.description,
      licence: values.licence,
      expectedDigest: digest === '' ? '' : `sha256:${digest}`,
    }),
  };
}

/** modelNameOf proposes a model's name from a file's. */
export function modelNameOf(fileName: string): string {
  return fileName
    .replace(/\.gguf$/i, '')
    .replace(/[-_.](?:f16|f32|bf16|q\d[\w]*|iq\d[\w]*)$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '');
}

function filled<Key extends string>(values: Record<Key, string>): Partial<Record<Key, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) as Partial<Record<Key, string>>;
}
