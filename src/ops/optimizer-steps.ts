import type { BufferRef } from "../graph/op.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { sizeOf } from "../util/shape.ts";
import { type NoAttrs, type Op, op, requireDType, requireSameShape } from "./define.ts";

/**
 * Update rules of optimizers (Keras's, semantics 7.8), one sweep over memory each, in place. Everything that changes from
 * step to step is read from `cells`, so that a plan's arguments never change; assembly/kernels/optimizer.ts says what
 * stands where.
 */

/** How a step is done beside its rule. */
export type StepAttrs = {
  /** Weight decay, as a share of the learning rate. */
  readonly decay: number;
  /** True: the last slot is the variable's moving average, which is kept too. */
  readonly average: boolean;
};

/** Names of rules, each done by kernel `f32_<name>`. */
type StepName =
  | ("sgd" | "momentum" | "adam" | "amsgrad" | "rmsprop" | "adagrad")
  | ("adadelta" | "adamax" | "nadam" | "ftrl" | "lion" | "lamb");

/** What is not to be written over starts as a copy. */
function copyFirst(k: KernelTable, inputs: readonly BufferRef[], outputs: readonly BufferRef[]): void {
  outputs.forEach(({ ptr, size }, i) => {
    if (ptr !== inputs[i]!.ptr) k.u32_copy(ptr, inputs[i]!.ptr, size);
  });
}

/**
 * Inputs: variable, slots, gradient, cells; outputs: variable, slots. The kernel takes addresses of the variable, of its
 * slots, of the gradient. `order` says which of its slots are given, -1 where one is left out: that has the address of the
 * variable. `whole`: a kernel for any number of elements, with a workspace like the variable.
 */
function stepOp(name: StepName, order?: readonly number[], whole = false): Op<StepAttrs> {
  return op<StepAttrs>({
    name,
    shape: (inputs) => {
      requireDType(name, "float32", ...inputs);
      for (const input of inputs.slice(1, -1)) requireSameShape(name, inputs[0]!, input);
      return inputs.slice(0, -2);
    },
    gradient: null,
    kernel: (k, { inputs, outputs, attrs: { decay, average }, workspace }) => {
      copyFirst(k, inputs, outputs);
      const { size } = outputs[0]!;
      const cells = inputs.at(-1)!.ptr;
      const run = ([w, ...slots]: number[], n: number): void => {
        const gradient = slots.pop()!;
        const mean = average ? slots.pop() : undefined;
        const given = order?.map((i) => slots[i] ?? w!) ?? slots;
        const room = whole ? [workspace] : [];
        (k[`f32_${name}`] as (...args: number[]) => void)(w!, ...given, gradient, ...room, n, cells, decay);
        if (mean !== undefined) k.f32_ema(w!, mean, n, cells);
      };
      const addresses = [...outputs, inputs.at(-2)!].map(({ ptr }) => ptr);
      const rest = whole ? 0 : size & 3;
      run([...addresses], size - rest);
      if (rest === 0) return;
      // The kernel takes elements by fours: those that are left go to a place with room for them, and back.
      const places = addresses.map((from, i) => [from + 4 * (size - rest), workspace + 16 * i] as const);
      for (const [from, to] of places) k.u32_copy(to, from, rest);
      const copies = places.map(([, to]) => to);
      run(copies, 4);
      for (const [to, from] of places.slice(0, -1)) k.u32_copy(to, from, rest);
    },
    inPlace: [0, 1, 2, 3, 4].map((i) => [i, i] as const),
    workspace: (_k, inputs) => (whole ? sizeOf(inputs[0]!.shape) : 4 * inputs.length),
  });
}

/** Steps against the gradient. */
export const sgdOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("sgd");
/** Slot: momentum. Nesterov 1983; Sutskever et al. 2013. */
export const momentumOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("momentum");
/** Slots: momentum, velocity. Kingma and Ba 2014. */
export const adamOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("adam");
/** Slots: momentum, velocity, highest velocity. Reddi et al. 2018. */
export const amsgradOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("amsgrad");
/** Slots: velocity, momentum, mean gradient, or some of them. Hinton 2012; Graves 2013. */
export const rmspropOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("rmsprop", [0, -1, -1]);
export const rmspropMomentumOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("rmsprop", [0, 1, -1]);
export const rmspropCenteredOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("rmsprop", [0, -1, 1]);
export const rmspropBothOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("rmsprop");
/** Slot: sum of squares. Duchi et al. 2011. */
export const adagradOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("adagrad");
/** Slots: means of squared gradients and of squared changes. Zeiler 2012. */
export const adadeltaOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("adadelta");
/** Slots: momentum, norm. Kingma and Ba 2014. */
export const adamaxOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("adamax");
/** Slots: momentum, velocity. Dozat 2016. */
export const nadamOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("nadam");
/** Slots: sum of squares, linear. McMahan et al. 2013. */
export const ftrlOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("ftrl");
/** Slot: momentum. Chen et al. 2023. */
export const lionOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("lion");
/** Slots: momentum, velocity. You et al. 2019. */
export const lambOp: Op<StepAttrs> = /* @__PURE__ */ stepOp("lamb", undefined, true);

/** Inputs: variable, average, cells; outputs: variable, average. */
export const emaOp: Op<NoAttrs> = /* @__PURE__ */ op<NoAttrs>({
  name: "ema",
  shape: (inputs) => {
    requireSameShape("ema", inputs[0]!, inputs[1]!);
    return inputs.slice(0, 2);
  },
  gradient: null,
  kernel: (k, { inputs, outputs }) => {
    copyFirst(k, inputs, outputs);
    k.f32_ema(outputs[0]!.ptr, outputs[1]!.ptr, outputs[0]!.size, inputs[2]!.ptr);
  },
  inPlace: [
    [0, 0],
    [1, 1],
  ],
});

/** What `stepCells` computes with: the learning rate's variable, the step counter, and one number of the optimizer's. */
export type CellRule = (rate: number, iteration: number, state: number) => readonly number[];

/**
 * An op that computes the `count` numbers a step reads, in JavaScript, so that learning rates of the user's own may take
 * part. Inputs: learning rate, iteration (int32), state; outputs: the cells, and whether the first is not 0 (bool).
 */
export function stepCellsOp(count: number, rule: CellRule): Op<NoAttrs> {
  return op<NoAttrs>({
    name: "stepCells",
    shape: () => [
      { shape: [count], dtype: "float32" },
      { shape: [], dtype: "bool" },
    ],
    gradient: null,
    once: true,
    host: ({ inputs: [rate, iteration, state], outputs: [cells, gate] }, heap) => {
      const { f32, i32 } = heap;
      const numbers = rule(f32[rate!.ptr >>> 2]!, i32[iteration!.ptr >>> 2]!, f32[state!.ptr >>> 2]!);
      // A function of the user's may have made the memory grow: views are taken anew.
      heap.f32.set(numbers, cells!.ptr >>> 2);
      heap.i32[gate!.ptr >>> 2] = numbers[0]!;
    },
    kernel: () => {},
  });
}
