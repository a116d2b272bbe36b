import { TensorBoard, type TensorBoardOptions } from "./tensorboard.ts";

export type { FileSink, TensorBoardOptions } from "./tensorboard.ts";
export { TensorBoard };

/** A callback that writes event files for TensorBoard. */
export function tensorBoard(options?: TensorBoardOptions): TensorBoard {
  return new TensorBoard(options);
}
