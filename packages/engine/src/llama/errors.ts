/** LlamaError is a failure inside llama.cpp; `log` holds the warnings and errors it wrote while failing. */
export class LlamaError extends Error {
  override readonly name: string = 'LlamaError';
  readonly log: readonly string[];

  constructor(message: string, log: readonly string[] = []) {
    // llama.cpp reports the cause first and then every caller that gave up because of it.
    const reason = log.at(0)?.replace(/^[a-z0-9_]+: /i, '');
    super(reason === undefined ? message : `${message}: ${reason}`);
    this.log = log;
  }
}

/** LlamaIncompatibleError says that the native library is not the release these bindings were written for. */
export class LlamaIncompatibleError extends LlamaError {
  override readonly name = 'LlamaIncompatibleError';
}
