/** Reading and making data. Nothing here needs the core of the package: `hornbeam/data` is a bundle of its own. */

export type { Column, ColumnElement, Columns } from "./columns.ts";
export type { ClassifiedRows, ClassOptions, NumbersOptions } from "./csv.ts";
export { CsvTable, csv } from "./csv.ts";
export type { ColumnType, CsvOptions } from "./csv-format.ts";
export type { CsvRow, CsvStreamOptions, CsvValue } from "./csv-plan.ts";
export type { DatasetSource, Datasets, Zipped } from "./dataset.ts";
export { Dataset, SyncDataset } from "./dataset.ts";
export type { FileSource, Piece, PieceSource } from "./file-source.ts";
export type { FileBytes, IdxArray, IdxPair } from "./idx.ts";
export { idx } from "./idx.ts";
export type { IdxFiles, IdxRow } from "./idx-stream.ts";
export type { LabelledImages } from "./labelled-images.ts";
export type { BatchOptions, SplitOptions } from "./recipe.ts";
export type { ColumnRange } from "./scaling.ts";
export { columnRange, scaleToRange } from "./scaling.ts";
export type { Batched, Shaped } from "./stack.ts";
export type { SyntheticDigits, SyntheticDigitsOptions } from "./synthetic-digits.ts";
export { syntheticDigits } from "./synthetic-digits.ts";
