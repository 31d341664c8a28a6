import koffi, { type TypeObject } from 'koffi';
import { callAsync, type LlamaContext, type LlamaModel, type Native, TokenBatch } from '../llama/index.ts';
import { EPOCH_CALLBACK, OPTIMIZER_PARAMS_FLOATS, PARAM_FILTER, type Pointer } from '../llama/structs.ts';
import { TrainingError } from './training-error.ts';

const GGML_TYPE_I32 = 26;
const ADAMW = 0;
// Where ggml_opt_context of the pinned release keeps ctx_static: after backend_sched and two graph pointers.
const STATIC_CONTEXT_OFFSET = 24;
const ADAMW_DEFAULTS = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 };

/** StepListener hears after every optimiser step: how many are done in this pass, and the loss of that step alone. */
export type StepListener = (done: number, loss: number) => void;

/** Optimiser drives llama.cpp's AdamW over windows of a token stream. */
export class Optimiser {
  /** trained maps the name of every tensor that learns to its native tensor. */
  readonly trained = new Map<string, Pointer>();
  private readonly native: Native;
  private readonly context: LlamaContext;
  private readonly tokens: Int32Array;
  private readonly parameters: Pointer;
  private readonly parameterView: Float32Array;
  private readonly registered: Pointer[] = [];
  private readonly result: Pointer;
  private listener: StepListener = () => {};
  private callback: Pointer | undefined;
  private failure: unknown;
  private accumulators: Pointer[] | undefined;

  constructor(input: {
    model: LlamaModel;
    context: LlamaContext;
    tokens: Int32Array;
    isTrainable: (tensorName: string) => boolean;
  }) {
    this.native = input.model.native;
    this.context = input.context;
    this.tokens = input.tokens;
    this.parameters = koffi.alloc('float', OPTIMIZER_PARAMS_FLOATS);
    this.parameterView = new Float32Array(koffi.view(this.parameters, OPTIMIZER_PARAMS_FLOATS * 4));
    const { beta1, beta2, epsilon, weightDecay } = ADAMW_DEFAULTS;
    this.parameterView.set([1e-5, beta1, beta2, epsilon, weightDecay, 1e-5, 0]);
    this.result = this.native.resultCreate();
    setThreadsByDecoding(input.context);
    const filter = this.register((tensor: Pointer) => {
      const name = this.native.tensorName(tensor);
      if (!input.isTrainable(name)) return false;
      this.trained.set(name, tensor);
      return true;
    }, PARAM_FILTER);
    this.native.optInit(input.context.pointer, input.model.pointer, {
      n_ctx_train: 0,
      param_filter: filter,
      param_filter_ud: null,
      get_opt_pars: this.native.constantOptimizerParams,
      get_opt_pars_ud: this.parameters,
      optimizer_type: ADAMW,
    });
  }

  /** setLearningRate holds from the next step on. */
  setLearningRate(rate: number): void {
    this.parameterView[0] = rate;
  }

  /** train makes one optimiser step per window, in the given order. */
  async train(windows: readonly number[], listener: StepListener): Promise<void> {
    await this.pass(windows, { isTraining: true, listener });
  }

  /** evaluate returns the mean loss over windows without learning from them. */
  async evaluate(windows: readonly number[]): Promise<number> {
    let total = 0;
    await this.pass(windows, {
      isTraining: false,
      listener: (_done, loss) => {
        total += loss;
      },
    });
    return total / windows.length;
  }

  /** tensorBytes is a view of a trained tensor's current values. */
  tensorBytes(tensor: Pointer, byteLength: number): Uint8Array {
    return new Uint8Array(koffi.view(this.native.tensorData(tensor), byteLength));
  }

  /** free releases callbacks and buffers; the context must not train afterwards. */
  free(): void {
    for (const callback of this.registered.splice(0)) koffi.unregister(callback);
    this.native.resultFree(this.result);
    koffi.free(this.parameters);
  }

  private async pass(
    windows: readonly number[],
    options: { isTraining: boolean; listener: StepListener },
  ): Promise<void> {
    const size = this.context.contextTokens;
    const dataset = this.native.datasetCreate(GGML_TYPE_I32, GGML_TYPE_I32, size, size, windows.length, 1);
    try {
      const data = this.datasetView(this.native.datasetData(dataset), windows.length * size);
      const labels = this.datasetView(this.native.datasetLabels(dataset), windows.length * size);
      for (const [index, start] of windows.entries()) {
        data.set(this.tokens.subarray(start, start + size), index * size);
        labels.set(this.tokens.subarray(start + 1, start + size + 1), index * size);
      }
      this.listener = options.listener;
      this.native.resultReset(this.result);
      const callback = this.stepCallback();
      const { pointer } = this.context;
      const split = options.isTraining ? windows.length : 0;
      await callAsync(this.native.optEpoch, pointer, dataset, this.result, this.result, split, callback, callback);
      this.throwIfFailed();
    } finally {
      this.native.datasetFree(dataset);
    }
  }

  private stepCallback(): Pointer {
    const loss = new Float64Array(1);
    const uncertainty = new Float64Array(1);
    this.callback ??= this.register(
      (isTraining: boolean, optimiser: Pointer, _dataset: Pointer, result: Pointer, done: number | bigint) => {
        // The native caller cannot take an exception: it is kept and thrown once the pass has ended.
        try {
          this.native.resultLoss(result, loss, uncertainty);
          this.native.resultReset(result);
          if (isTraining) this.clearGradients(optimiser);
          this.listener(Number(done), loss[0] ?? Number.NaN);
        } catch (error) {
          this.failure ??= error;
        }
      },
      EPOCH_CALLBACK,
    );
    return this.callback;
  }

  // ggml forgets to clear its gradient accumulators when graphs are rebuilt for every step, as llama.cpp does: without
  // this, each step would follow the sum of all gradients so far.
  private clearGradients(optimiser: Pointer): void {
    this.accumulators ??= this.findAccumulators(koffi.decode(optimiser, STATIC_CONTEXT_OFFSET, 'void *'));
    for (const accumulator of this.accumulators) this.native.tensorSetZero(accumulator);
  }

  private findAccumulators(staticContext: Pointer): Pointer[] {
    const found: Pointer[] = [];
    let moments = 0;
    let tensor = this.native.firstTensor(staticContext);
    while (tensor !== null) {
      // Besides the accumulators there are AdamW's two moments of each, and the gradient of the loss itself, a 1.
      if (this.native.tensorName(tensor).startsWith('AdamW')) moments += 1;
      else if (Number(this.native.tensorElementCount(tensor)) > 1) found.push(tensor);
      tensor = this.native.nextTensor(staticContext, tensor);
    }
    if (found.length === 0 || moments !== 2 * found.length) {
      throw new TrainingError(
        `The optimiser has ${found.length} gradients but ${moments} moments: it is not as expected`,
      );
    }
    return found;
  }

  private throwIfFailed(): void {
    if (this.failure === undefined) return;
    const failure = this.failure;
    this.failure = undefined;
    throw failure instanceof Error ? failure : new TrainingError(String(failure));
  }

  private datasetView(tensor: Pointer, count: number): Int32Array {
    return new Int32Array(koffi.view(this.native.tensorData(tensor), count * 4));
  }

  private register(callback: (...args: never[]) => unknown, type: TypeObject): Pointer {
    const pointer = koffi.register(callback, koffi.pointer(type));
    this.registered.push(pointer);
    return pointer;
  }
}

// The optimiser's graph runs on the backend's default of 4 threads until a decode has handed the context's number over.
function setThreadsByDecoding(context: LlamaContext): void {
  const batch = new TokenBatch(1);
  batch.add(0, 0, 0, true);
  context.decodeSync(batch);
  context.clear();
  batch.free();
}
