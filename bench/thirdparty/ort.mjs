/** ONNX Runtime Web on WebAssembly (one thread unless told otherwise), and the native one where it is installed. */
import { onnxModel } from "./onnx.mjs";
import { batchOf } from "./workloads.mjs";

/** A runtime by the name of its package; undefined where it is not installed. */
export async function runtime(packageName, threads = 1) {
  let ort;
  try {
    ort = await import(packageName);
  } catch {
    return undefined;
  }
  ort = ort.default ?? ort;
  if (packageName === "onnxruntime-web") ort.env.wasm.numThreads = threads;
  return {
    name: packageName,
    async predictor(workload, size) {
      const session = await ort.InferenceSession.create(onnxModel(workload, size), {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
      });
      const x = new ort.Tensor("float32", batchOf(workload, size).x, [size, workload.features]);
      const [output] = session.outputNames;
      return { step: async () => (await session.run({ x }))[output].data };
    },
  };
}
