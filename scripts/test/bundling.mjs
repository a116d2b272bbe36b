/** What every bundle is built with that must run unchanged in Node, Deno, Bun and in a page: for esbuild. */
export const everywhere = {
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["import"],
  external: ["node:*"],
};
