import type { Source } from "../io/source.ts";
import type { Model } from "./model.ts";
import type { LoadOptions } from "./saving/load.ts";

/**
 * The model that `model.save` wrote: its layers and weights, compiled as it was, ready to go on training where it was.
 * `source` is a path, a URL, a Blob or Response, bytes, or an object with `read()`. What is read is not trusted: nothing in
 * a file is run as code.
 *
 * Classes and functions of your own have to be known, by `registerClass` or `customObjects`.
 * @throws FormatError for anything but a whole, unchanged file of a model.
 */
export async function loadModel(source: Source, options?: LoadOptions): Promise<Model> {
  const { readModel } = await import("./saving/load.ts");
  return readModel(source, options);
}
