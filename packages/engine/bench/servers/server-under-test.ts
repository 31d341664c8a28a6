import { type Completion, type CompletionRequest, complete, type Dialect } from '../http/completion-client.ts';
import type { Child } from '../processes/child.ts';

/** ServerUnderTest is a freshly started server that is ready to answer. */
export interface ServerUnderTest {
  readonly name: string;
  readonly port: number;
  complete(request: CompletionRequest): Promise<Completion>;
  cpuSeconds(): number | null;
  residentMiB(): number | null;
  stop(): Promise<void>;
}

/** ServerSettings are the same for every server of a comparison. */
export interface ServerSettings {
  modelPath: string;
  threads: number;
  /** contextTokens is the longest sequence. */
  contextTokens: number;
  /** maxSequences is how many the workload sends at once at most. */
  maxSequences: number;
}

/** serverOf wraps a ready process. */
export function serverOf(options: { name: string; port: number; child: Child; dialect: Dialect }): ServerUnderTest {
  const { name, port, child, dialect } = options;
  return {
    name,
    port,
    complete: (request) => complete(port, dialect, request),
    cpuSeconds: () => child.cpuSeconds(),
    residentMiB: () => child.residentMiB(),
    stop: () => child.stop(),
  };
}
