import { describe, expect, test } from 'vitest';
import { EMPTY_REGISTER, modelNameOf, registerInput, registerSchema, sourceOf } from './register-form.ts';

const values = { ...EMPTY_REGISTER, model: 'chat' };
const problems = (change: Partial<typeof values>) => {
  const parsed = registerSchema.safeParse({ ...values, ...change });
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
};

describe('only the fields of the chosen source must be right', () => {
  test.each([
    ['an upload needs no address', {}, []],
    ['a path must be absolute', { kind: 'path', path: 'models/a.gguf' }, ['path']],
    ['a path', { kind: 'path', path: '/models/a.gguf' }, []],
    ['an S3 address', { kind: 's3', uri: 's3://bucket/a.gguf' }, []],
    ['no S3 address', { kind: 's3', uri: 'https://bucket' }, ['uri']],
    ['a wrong S3 endpoint', { kind: 's3', uri: 's3://b/a', endpoint: 'minio' }, ['endpoint']],
    ['a repository and file', { kind: 'huggingface', repository: 'org/model', file: 'a.Q4_1.gguf' }, []],
    ['both missing', { kind: 'huggingface' }, ['repository', 'file']],
    ['a digest that is none', { expectedDigest: 'abc' }, ['expectedDigest']],
    ['a name that cannot stand in an address', { model: 'My Model' }, ['model']],
  ] as const)('%s', (_name, change, expected) => {
    expect(problems(change)).toEqual(expected);
  });
});

describe('what is sent', () => {
  test('leaves out what was not typed', () => {
    expect(sourceOf({ ...values, kind: 's3', uri: 's3://b/k', region: 'eu' }, null)).toEqual({
      kind: 's3',
      uri: 's3://b/k',
      region: 'eu',
    });
    expect(registerInput(values)).toEqual({ model: 'chat' });
  });
  test('has the digest with its prefix in lower case', () => {
    expect(registerInput({ ...values, expectedDigest: 'A'.repeat(64) }).expectedDigest).toBe(
      `sha256:${'a'.repeat(64)}`,
    );
  });
  test('an upload that is not there yet gives no source', () => {
    expect(sourceOf(values, null)).toBeNull();
    expect(sourceOf(values, 'u1')).toEqual({ kind: 'upload', uploadId: 'u1' });
  });
});

test.each([
  ['SmolLM2-135M-Instruct.Q4_1.gguf', 'smollm2-135m-instruct'],
  ['My Model (final).GGUF', 'my-model-final'],
  ['tiny-f32.gguf', 'tiny'],
])('%s is proposed as %s', (file, name) => {
  expect(modelNameOf(file)).toBe(name);
});
