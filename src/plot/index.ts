/** `hornbeam/plot`: pictures of training and models, as SVG documents and as text. Needs no page and nothing of the core. */
export { type ConfusionMatrix, type ConfusionMatrixOptions, confusionMatrix } from "./confusion-matrix.ts";
export { type Histogram, type HistogramOptions, histogram } from "./histogram.ts";
export { type HistoryLike, type PlotHistoryOptions, plotHistory } from "./history.ts";
export { type PlotModelOptions, plotModel } from "./model.ts";
export type { HasValues, PlotValues } from "./values.ts";
