/** Grey images and what they show. */
export interface LabelledImages {
  /** count × height × width values in [0, 1]. */
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}
