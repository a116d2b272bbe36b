/** Reading and making data. Nothing here needs the core of the package: `hornbeam/data` is a bundle of its own. */

export type { ClassifiedRows, ClassOptions, ColumnType, CsvOptions, NumbersOptions } from "./csv.ts";
export { CsvTable, csv } from "./csv.ts";
export type { BatchOptions, Column, Columns } from "./dataset.ts";
export { Dataset } from "./dataset.ts";
export type { FileBytes, IdxArray, IdxPair } from "./idx.ts";
export { idx } from "./idx.ts";
export type { LabelledImages } from "./labelled-images.ts";
export type { ColumnRange } from "./scaling.ts";
export { columnRange, scaleToRange } from "./scaling.ts";
export type { SyntheticDigits, SyntheticDigitsOptions } from "./synthetic-digits.ts";
export { syntheticDigits } from "./synthetic-digits.ts";
