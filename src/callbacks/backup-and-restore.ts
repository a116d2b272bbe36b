import type { FileArray } from "../io/index.ts";
import type { ModelState } from "../models/state.ts";
import { FormatError, fail, refuse } from "../util/errors.ts";
import { asPath, type FilePath, fileIn, isPath, makeFolder, withFiles } from "../util/files.ts";
import { flag, type Settled, settle } from "../util/settle.ts";
import { Callback, type HookResult } from "./callback.ts";
import { checkFrequency, everyBatches, type Frequency } from "./frequency.ts";

/** Keeps one backup: in IndexedDB, say. */
export interface BackupStore {
  /** The bytes written last; null or undefined where there are none. */
  read(): Uint8Array | null | undefined | Promise<Uint8Array | null | undefined>;
  /** Takes the bytes of a backup in place of the last one. */
  write(bytes: Uint8Array): HookResult;
  /** Called at the end of training. */
  delete?(): HookResult;
}

/** What BackupAndRestore takes. */
export interface BackupAndRestoreOptions {
  /** A folder of its own, made if need be, or a store. */
  readonly backupDir: FilePath | BackupStore;
  /** "epoch" (default): at the end of each epoch; a number: after that many batches. */
  readonly saveFreq?: Frequency | undefined;
  /** In a folder: keep the backup before the last one too, which serves when the last one cannot be read. Default false. */
  readonly doubleCheckpoint?: boolean | undefined;
  /** Delete the backup at the end of training. Default true. */
  readonly deleteCheckpoint?: boolean | undefined;
}

const NAME = "BackupAndRestore";
const FILE = "latest.safetensors";
const STATE = "training_state";

/**
 * Backs up the whole state of training (`model.getState()`), and lets a `fit` that begins where there is a backup go on
 * from it: at the epoch after the last one that was finished, with the same weights, optimizer, seeds and orders as if
 * nothing had happened. With `saveFreq` in batches, the epoch under way is done anew with the weights of the backup.
 *
 * A backup is a safetensors file. It takes the place of the last one when it is whole on the disk.
 */
export class BackupAndRestore extends Callback {
  static override readonly className: string = NAME;
  readonly options: Settled<BackupAndRestoreOptions>;

  constructor(options: BackupAndRestoreOptions) {
    super();
    this.options = settle<BackupAndRestoreOptions>(NAME, options, {
      backupDir: [undefined, checkPlace],
      saveFreq: ["epoch", checkFrequency],
      doubleCheckpoint: [false, flag],
      deleteCheckpoint: [true, flag],
    });
    const { saveFreq } = this.options;
    const due = everyBatches(saveFreq);
    // Only where it is wanted: reading the logs of each batch has a price.
    if (saveFreq === "epoch") this.onEpochEnd = () => this.#save();
    else this.onTrainBatchEnd = (batch) => (due(batch) ? this.#save() : undefined);
  }

  override async onTrainBegin(): Promise<void> {
    const { backupDir } = this.options;
    if (!isPath(backupDir)) {
      const bytes = await backupDir.read();
      if (bytes) this.model.setState(await decode(bytes));
      return;
    }
    const [last, previous] = [FILE, `${FILE}.bkp`].map((name) => fileIn(backupDir, name)) as [FilePath, FilePath];
    const [hasLast, hasPrevious] = await withFiles(NAME, (fs) => [fs.existsSync(last), fs.existsSync(previous)]);
    if (!hasLast) return;
    let state: ModelState;
    try {
      state = await decode(last);
    } catch (error) {
      if (!hasPrevious) throw error;
      state = await decode(previous);
    }
    this.model.setState(state);
  }

  async #save(): Promise<void> {
    const { backupDir, doubleCheckpoint } = this.options;
    const state = this.model.getState();
    if (!isPath(backupDir)) return encode(state, backupDir);
    const last = fileIn(backupDir, FILE);
    await withFiles(NAME, (fs) => {
      makeFolder(fs, last);
      if (doubleCheckpoint && fs.existsSync(last)) fs.copyFileSync(last, fileIn(backupDir, `${FILE}.bkp`));
    });
    return encode(state, last);
  }

  override onTrainEnd(): HookResult {
    const { backupDir, deleteCheckpoint } = this.options;
    if (!deleteCheckpoint) return;
    if (!isPath(backupDir)) return backupDir.delete?.();
    return withFiles(NAME, (fs) => {
      if (!fs.existsSync(backupDir)) return;
      // What others have put there stays, and the folder with it.
      const names = fs.readdirSync(backupDir);
      const own = names.filter((name) => name.includes(FILE));
      for (const name of own) fs.rmSync(fileIn(backupDir, name));
      if (own.length === names.length) fs.rmdirSync(backupDir);
    });
  }
}

/** Writes a state: its arrays as tensors called by numbers, all else as JSON that names them. */
async function encode(state: ModelState, sink: FilePath | BackupStore): Promise<void> {
  const { writeSafetensors } = await import("../io/index.ts");
  const arrays: FileArray[] = [];
  const json = JSON.stringify(state, (_, value) =>
    ArrayBuffer.isView(value) ? { tensor: arrays.push(value as FileArray) - 1 } : value,
  );
  const tensors = Object.fromEntries(arrays.map((data, i) => [i, { shape: [data.length], data }]));
  await writeSafetensors(tensors, sink, { [STATE]: json });
}

async function decode(source: FilePath | Uint8Array): Promise<ModelState> {
  const { readSafetensors } = await import("../io/index.ts");
  const { tensors, metadata } = await readSafetensors(source);
  const json = metadata[STATE] ?? fail(NAME, "backup: expected a training state in the file, got none", FormatError);
  return JSON.parse(json, (_, value) => (value?.tensor === undefined ? value : tensors[value.tensor]!.data));
}

function checkPlace(value: unknown, where: string, argument: string): unknown {
  const path = asPath(value);
  if (path !== undefined) return path;
  const { read, write } = (value ?? {}) as Partial<BackupStore>;
  if (typeof read === "function" && typeof write === "function") return value;
  return refuse(where, argument, "a path, a URL or {read, write}", value);
}
