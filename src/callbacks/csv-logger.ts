import { refuse } from "../util/errors.ts";
import { checkTarget, type FilePath, isPath, makeFolder, type Sink, withFiles } from "../util/files.ts";
import { flag, type Settled, settle, text } from "../util/settle.ts";
import { Callback, type HookResult, type Logs } from "./callback.ts";
import { formatNumber } from "./format-path.ts";

/** What CSVLogger takes. */
export interface CSVLoggerOptions {
  /** The file, or a sink that is given each line. */
  readonly filename: FilePath | Sink<string>;
  /** One character between fields. Default ",". */
  readonly separator?: string | undefined;
  /** Go on in the file if it exists, without a second header; a sink gets no header. Default false. */
  readonly append?: boolean | undefined;
}

const NAME = "CSVLogger";

/**
 * Writes a line of comma-separated values for each epoch: its number (from 0), then the logs in the order of their names.
 * The columns are those of the first epoch, and `val_` ones beside them if it had none; what an epoch lacks is `NA`.
 * Lines end with CR LF, as Keras writes them.
 */
export class CSVLogger extends Callback {
  static override readonly className: string = NAME;
  readonly options: Settled<CSVLoggerOptions>;
  #header = true;
  #keys: string[] | undefined;

  constructor(options: CSVLoggerOptions) {
    super();
    this.options = settle<CSVLoggerOptions>(NAME, options, {
      filename: [undefined, checkTarget],
      separator: [",", text],
      append: [false, flag],
    });
    if (this.options.separator.length !== 1) refuse(NAME, "separator", "one character", this.options.separator);
  }

  override onTrainBegin(): HookResult {
    const { filename, append } = this.options;
    this.#keys = undefined;
    this.#header = !append;
    if (!isPath(filename)) return;
    return withFiles(NAME, (files) => {
      makeFolder(files, filename);
      if (!append) files.writeFileSync(filename, "");
      else this.#header = !files.existsSync(filename) || files.statSync(filename).size === 0;
    });
  }

  override onEpochEnd(epoch: number, logs: Logs): HookResult {
    const { filename } = this.options;
    let lines = "";
    if (this.#keys === undefined) {
      const keys = Object.keys(logs).sort();
      const tested = keys.some((key) => key.startsWith("val_"));
      this.#keys = tested ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
      if (this.#header) lines = this.#line(["epoch", ...this.#keys]);
    }
    lines += this.#line([epoch, ...this.#keys.map((key) => logs[key] ?? "NA")]);
    if (!isPath(filename)) return filename.write(lines);
    return withFiles(NAME, (files) => files.appendFileSync(filename, lines));
  }

  #line(fields: readonly (string | number)[]): string {
    const { separator } = this.options;
    const text = (field: unknown): string => {
      if (typeof field === "number") return formatNumber(field, "");
      return Array.isArray(field) ? `"[${field.map(text).join(", ")}]"` : String(field);
    };
    const written = fields.map((field) => {
      const plain = text(field);
      return /["\r\n]/.test(plain) || plain.includes(separator) ? `"${plain.replaceAll('"', '""')}"` : plain;
    });
    return `${written.join(separator)}\r\n`;
  }
}
