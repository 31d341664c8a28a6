/** TokenLogprob is a token and the natural logarithm of its probability. */
export interface TokenLogprob {
  token: number;
  logprob: number;
}

/** TokenLogprobs are those of the chosen token and of the most likely ones, best first. */
export interface TokenLogprobs extends TokenLogprob {
  top: TokenLogprob[];
}

/** readLogprobs computes log probabilities from a row of logits, as the model gave them. */
export function readLogprobs(row: Float32Array, token: number, topCount: number): TokenLogprobs {
  let largest = -Infinity;
  for (const logit of row) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of row) sum += Math.exp(logit - largest);
  const normaliser = largest + Math.log(sum);
  const logprobOf = (id: number) => (row[id] ?? -Infinity) - normaliser;
  return {
    token,
    logprob: logprobOf(token),
    top: largestIndices(row, topCount).map((id) => ({ token: id, logprob: logprobOf(id) })),
  };
}

/** largestIndices returns the indices of the `count` largest values, largest first and the lower index first on a tie. */
export function largestIndices(row: Float32Array, count: number): number[] {
  const best: number[] = [];
  if (count === 0) return best;
  let threshold = -Infinity;
  for (let token = 0; token < row.length; token += 1) {
    const logit = row[token] as number;
    if (best.length === count && logit <= threshold) continue;
    let place = best.length;
    while (place > 0 && (row[best[place - 1] as number] as number) < logit) place -= 1;
    best.splice(place, 0, token);
    if (best.length > count) best.pop();
    threshold = row[best.at(-1) as number] as number;
  }
  return best;
}
