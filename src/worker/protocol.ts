/** What a page and its worker say to each other. Everything here can be cloned to another thread. */
import type { Logs } from "../callbacks/callback.ts";

/** Numbers with a shape, outside of any thread's memory. */
export interface HostTensor {
  readonly data: Float32Array | Int32Array | Uint32Array | Uint8Array;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "uint32" | "bool";
}

/** Methods that can be called on a model in a worker. */
export type Method =
  | "fit"
  | "evaluate"
  | "predict"
  | "trainOnBatch"
  | "getWeights"
  | "setWeights"
  | "getState"
  | "setState"
  | "summary";

/** To the worker. */
export type Request =
  | {
      readonly kind: "call";
      readonly id: number;
      readonly method: Method;
      readonly args: readonly unknown[];
      readonly hooks: readonly string[];
    }
  | { readonly kind: "abort"; readonly id: number; readonly reason: unknown }
  | { readonly kind: "stop" };

/** From the worker. */
export type Reply =
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly name: string; readonly message: string }
  | { readonly kind: "hook"; readonly id: number; readonly hook: string; readonly args: readonly (number | Logs)[] };

/** One end of the line between two threads. */
export interface Port {
  send(message: unknown): void;
  listen(receive: (message: unknown) => void): void;
}

/** Methods whose values can be cloned as they are. */
export const PLAIN: readonly Method[] = ["getState", "setState", "summary"];

/** Marks numbers with a shape among other objects. */
const MARK = "hornbeam/tensor";

interface Tensorish {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data?: unknown;
  dataSync?(): unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isTensorish(value: Record<string, unknown>): value is Record<string, unknown> & Tensorish {
  return (
    Array.isArray(value.shape) &&
    typeof value.dtype === "string" &&
    (ArrayBuffer.isView(value.data) || typeof value.dataSync === "function")
  );
}

/** Makes values clonable: tensors of any copy of the library become numbers with a shape, also within lists and dicts. */
export function encode(value: unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(encode);
  if (!isObject(value) || ArrayBuffer.isView(value)) return value;
  if (isTensorish(value)) {
    const { shape, dtype } = value;
    return {
      is: MARK,
      shape: [...shape],
      dtype,
      data: ArrayBuffer.isView(value.data) ? value.data : value.dataSync!(),
    };
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, encode(part)]));
}

/** The inverse; `make` says what numbers with a shape become. */
export function decode(value: unknown, make: (tensor: HostTensor) => unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map((part) => decode(part, make));
  if (!isObject(value) || ArrayBuffer.isView(value)) return value;
  if (value.is === MARK) {
    const { data, shape, dtype } = value as unknown as HostTensor;
    return make({ data, shape, dtype });
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decode(part, make)]));
}
