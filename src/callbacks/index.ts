export {
  Callback,
  type CallbackHooks,
  type CallbackModel,
  type CallbackParams,
  type HookResult,
  type Logs,
} from "./callback.ts";
export { History } from "./history.ts";
