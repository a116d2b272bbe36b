const said = new Set<string>();

/** Lets every text be said once more. For tests. */
export function forgetWarnings(): void {
  said.clear();
}

/** Says something on the console that is no error; each text once. */
export function warn(text: string): void {
  if (said.has(text)) return;
  // A program that makes new texts for ever must not fill the memory with them.
  if (said.size >= 1000) said.clear();
  said.add(text);
  console.warn(text);
}
