/** Softmax and the losses on logits, row by row in float64. */
import type { Numbers } from "./arrays.ts";

/** f of each row of `cols` values, results one after another. */
export function eachRow(x: Numbers, cols: number, f: (row: number[], index: number) => number[]): number[] {
  const rows = cols === 0 ? 0 : x.length / cols;
  return Array.from({ length: rows }, (_, i) => f(Array.from(x).slice(i * cols, (i + 1) * cols), i)).flat();
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function logSumExp(row: readonly number[]): number {
  const top = Math.max(...row);
  return top + Math.log(sum(row.map((x) => Math.exp(x - top))));
}

export const logSoftmaxRow = (row: readonly number[]): number[] => row.map((x) => x - logSumExp(row));
export const softmaxRow = (row: readonly number[]): number[] => logSoftmaxRow(row).map(Math.exp);

export function softmax(x: Numbers, cols: number): number[] {
  return eachRow(x, cols, softmaxRow);
}

export function logSoftmax(x: Numbers, cols: number): number[] {
  return eachRow(x, cols, logSoftmaxRow);
}

/** y·(dy − Σ dy·y). */
export function softmaxGrad(dy: Numbers, y: Numbers, cols: number): number[] {
  return eachRow(y, cols, (row, r) => {
    const dotted = sum(row.map((p, i) => p * dy[r * cols + i]!));
    return row.map((p, i) => p * (dy[r * cols + i]! - dotted));
  });
}

/** dy − exp(y)·Σ dy. */
export function logSoftmaxGrad(dy: Numbers, y: Numbers, cols: number): number[] {
  return eachRow(y, cols, (row, r) => {
    const total = sum(row.map((_, i) => dy[r * cols + i]!));
    return row.map((value, i) => dy[r * cols + i]! - Math.exp(value) * total);
  });
}

/** −Σ t·logsoftmax(z). */
export function crossEntropy(target: Numbers, logits: Numbers, cols: number): number[] {
  return eachRow(logits, cols, (row, r) => [-sum(logSoftmaxRow(row).map((value, i) => value * target[r * cols + i]!))]);
}

/** dloss·(p·Σt − t). */
export function crossEntropyGrad(dloss: Numbers, p: Numbers, target: Numbers, cols: number): number[] {
  return eachRow(p, cols, (row, r) => {
    const t = row.map((_, i) => target[r * cols + i]!);
    return row.map((value, i) => dloss[r]! * (value * sum(t) - t[i]!));
  });
}

/** Labels as rows of 0 and 1. */
export function oneHot(labels: Numbers, depth: number, on = 1, off = 0): number[] {
  return Array.from(labels).flatMap((label) => Array.from({ length: depth }, (_, i) => (i === label ? on : off)));
}

/** max(z, 0) − z·t + ln(1 + exp(−|z|)). */
export function sigmoidCrossEntropy(t: number, z: number): number {
  return Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
}
