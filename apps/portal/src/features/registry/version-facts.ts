import type { GgufMetadata } from '@slipway/domain/registry';
import { formatBytes, formatCount, formatTokens } from '@slipway/ui';

/** Fact is one line of what a file says about its model. */
export interface Fact {
  label: string;
  value: string;
}

/** ggufFacts lists what a GGUF header says, leaving out what it does not. */
export function ggufFacts(metadata: GgufMetadata): Fact[] {
  const facts: (Fact | null)[] = [
    { label: 'Architecture', value: metadata.architecture },
    metadata.name === null ? null : { label: 'Name in the file', value: metadata.name },
    {
      label: 'Parameters',
      value: `${formatTokens(metadata.parameterCount)} (${formatCount(metadata.parameterCount)})`,
    },
    { label: 'Quantisation', value: metadata.quantisation },
    counted('Context length', metadata.contextLength, 'tokens'),
    counted('Layers', metadata.blockCount),
    counted('Embedding length', metadata.embeddingLength),
    counted('Vocabulary', metadata.vocabularySize, 'tokens'),
    metadata.tokenizer === null ? null : { label: 'Tokenizer', value: metadata.tokenizer },
    counted('Tensors', metadata.tensorCount),
    { label: 'Format', value: `GGUF ${metadata.ggufVersion}` },
    metadata.kvBytesPerToken === null || metadata.kvBytesPerToken === undefined
      ? null
      : { label: 'KV cache for 1 k tokens', value: formatBytes(metadata.kvBytesPerToken * 1_000) },
    metadata.licence === null ? null : { label: 'Licence in the file', value: metadata.licence },
  ];
  return facts.filter((fact) => fact !== null);
}

function counted(label: string, value: number | null, unit?: string): Fact | null {
  return value === null
    ? null
    : { label, value: unit === undefined ? formatCount(value) : `${formatCount(value)} ${unit}` };
}

/** shortDigest is enough of a digest to recognise it. */
export const shortDigest = (digest: string) => digest.replace('sha256:', '').slice(0, 12);
