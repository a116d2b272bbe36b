/** Writes the workloads' networks for inference as ONNX files: just enough protobuf for Gemm, Relu, BatchNormalization, Softmax. */
import { EPSILON, weightsOf } from "./workloads.mjs";

const utf8 = new TextEncoder();

function varint(value) {
  const bytes = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

const int = (field, value) => Uint8Array.from([...varint(field << 3), ...varint(value)]);

function bytes(field, value) {
  const content = typeof value === "string" ? utf8.encode(value) : value;
  return join([Uint8Array.from([...varint((field << 3) | 2), ...varint(content.length)]), content]);
}

function float(field, value) {
  return join([Uint8Array.from(varint((field << 3) | 5)), new Uint8Array(Float32Array.of(value).buffer)]);
}

function join(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const message = (field, ...parts) => bytes(field, join(parts));

function node(op, inputs, output, ...attributes) {
  return message(1, ...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(4, op), ...attributes);
}

/** A tensor of float32 (data type 1) with raw bytes. */
function initializer(name, { shape, data }) {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(5, ...shape.map((dim) => int(1, dim)), int(2, 1), bytes(8, name), bytes(9, raw));
}

/** `name: float[batch, size]` as an input (field 11) or output (12) of the graph. */
function value(field, name, batch, size) {
  const dims = [batch, size].map((dim) => message(1, int(1, dim)));
  return message(field, bytes(1, name), message(2, message(1, int(1, 1), message(2, ...dims))));
}

/** The network as the bytes of an ONNX model (IR 8, opset 17). */
export function onnxModel(workload, batch) {
  const weights = weightsOf(workload);
  const parts = [];
  let h = "x";
  const add = (op, extra, ...attributes) => {
    const inputs = [h];
    for (const weight of extra) {
      const name = `w${weights.indexOf(weight)}`;
      parts.push(initializer(name, weight));
      inputs.push(name);
    }
    const output = `${h}_${op}`;
    parts.push(node(op, inputs, output, ...attributes));
    h = output;
  };
  const epsilon = message(5, bytes(1, "epsilon"), float(2, EPSILON), int(20, 1));
  workload.hidden.forEach((_, i) => {
    add("Gemm", weights.slice(i * 6, i * 6 + 2));
    add("Relu", []);
    add("BatchNormalization", weights.slice(i * 6 + 2, i * 6 + 6), epsilon);
  });
  add("Gemm", weights.slice(-2));
  add("Softmax", []);
  const graph = [
    ...parts,
    bytes(2, "workload"),
    value(11, "x", batch, workload.features),
    value(12, h, batch, workload.classes),
  ];
  return join([int(1, 8), message(7, ...graph), message(8, bytes(1, ""), int(2, 17))]);
}
