/**
 * `hornbeam/worker`: a model that is built, trained and asked in a worker, so that the page stays free. The worker's module
 * calls `serveModel`, the page `connectModel`.
 */
export {
  connectModel,
  type RemoteData,
  type RemoteHistory,
  RemoteModel,
  type RemoteOutputs,
  type RemoteResults,
  type WorkerLike,
} from "./connect.ts";
export type { HostTensor } from "./protocol.ts";
export { serveModel } from "./serve.ts";
