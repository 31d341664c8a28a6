import { describe, expect, it } from 'vitest';
import { checkFileName, checkRepositoryFile } from './file-name.ts';

describe('checkFileName', () => {
  it.each(['model.gguf', 'SmolLM2-135M.Q4_1.gguf', 'modèle 2.gguf', '..gguf', '.hidden'])('takes %j', (name) => {
    expect(checkFileName(name)).toBe(name);
  });
  const refused: [string, RegExp][] = [
    ['../model.gguf', /contains a directory/],
    ['/etc/passwd', /contains a directory/],
    ['a\\b.gguf', /contains a directory/],
    ['..', /leads out/],
    ['', /is empty/],
    ['a\0b.gguf', /control or invisible/],
    ['a\nb.gguf', /control or invisible/],
    ['a\u202efugg.exe', /control or invisible/],
    ['x'.repeat(256), /longer than 255 bytes/],
  ];
  it.each(refused)('refuses %j', (name, reason) => {
    expect(() => checkFileName(name)).toThrow(reason);
  });
});

describe('checkRepositoryFile', () => {
  it('takes a file in a folder', () => {
    expect(checkRepositoryFile('gguf/model.Q4_1.gguf')).toBe('gguf/model.Q4_1.gguf');
  });
  it.each(['../x.gguf', 'a/../../x.gguf', '/x.gguf', 'a//x.gguf', 'a/./x.gguf', 'a/\0.gguf'])('refuses %j', (path) => {
    expect(() => checkRepositoryFile(path)).toThrow();
  });
});
