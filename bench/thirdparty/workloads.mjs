/** The workloads of bench/models/workloads.ts as plain data, so that every library builds the same network from it. */

/** @typedef {{name: string, batch: number, features: number, hidden: number[], rate: number, classes: number}} Workload */

/** @type {Record<"W1" | "W2" | "W3", Workload>} */
export const workloads = {
  W1: { name: "W1", batch: 128, features: 10, hidden: [64], rate: 0, classes: 10 },
  W2: { name: "W2", batch: 128, features: 784, hidden: [512, 512], rate: 0.2, classes: 10 },
  W3: { name: "W3", batch: 256, features: 1024, hidden: [2048, 2048], rate: 0.5, classes: 1000 },
};

/** Of Adam, in what is timed. */
export const LEARNING_RATE = 0.001;
export const EPSILON = 1e-3;
export const MOMENTUM = 0.99;

/** Numbers in [-1, 1) from a small generator of their own (xorshift32), the same for everybody. */
export function numbers(n, seed) {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: n }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/** A batch: inputs, and labels as one-hot rows. */
export function batchOf({ batch, features, classes }, size = batch) {
  const y = new Float32Array(size * classes);
  for (let i = 0; i < size; i++) y[i * classes + (i % classes)] = 1;
  return { x: numbers(size * features, 1), y, size };
}

/** Weights in Keras's order: for each hidden layer kernel, bias, gamma, beta, mean, variance; then kernel and bias. */
export function weightsOf({ features, hidden, classes }) {
  const weights = [];
  let inputs = features;
  for (const [i, units] of [...hidden, classes].entries()) {
    const limit = Math.sqrt(6 / (inputs + units));
    weights.push({ shape: [inputs, units], data: numbers(inputs * units, 10 + i).map((v) => v * limit) });
    weights.push({ shape: [units], data: new Float32Array(units) });
    if (i < hidden.length) {
      for (const value of [1, 0, 0, 1]) weights.push({ shape: [units], data: new Float32Array(units).fill(value) });
    }
    inputs = units;
  }
  return weights;
}
