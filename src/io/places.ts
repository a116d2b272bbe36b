/** True where paths mean files: Node, Deno, Bun. */
function hasFiles(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}

/** What names a file here: a path, or a URL with `file:`; nothing for all else. */
export function filePath(place: unknown): string | URL | undefined {
  if (place instanceof URL) return place.protocol === "file:" ? place : undefined;
  if (typeof place !== "string") return undefined;
  if (place.startsWith("file:")) return new URL(place);
  // A drive letter of Windows is no scheme.
  return hasFiles() && !/^[a-z][a-z0-9+.-]+:/i.test(place) ? place : undefined;
}
