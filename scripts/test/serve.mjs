/** A small static server on loopback for the built package, the engine suites, the example pages and those of bench/. */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SERVED = /^\/(dist|examples|bench|build\/(engines|bench))\/[\w./-]+$/;
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** What lets a page share memory between threads; an address with `?plain` goes without. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Starts it on a free port; `{url, close}`. */
export async function serve() {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const path = normalize(pathname);
    const file = SERVED.test(path) ? join(root, path) : "";
    const found = file !== "" && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    response.writeHead(found ? 200 : 404, {
      "content-type": TYPES[extname(file)] ?? "text/plain",
      "cache-control": "no-store",
      ...(searchParams.has("plain") ? {} : ISOLATED),
    });
    if (found) createReadStream(file).pipe(response);
    else response.end(`no such file: ${path}\n`);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
