/** A module whose model cannot be built. */
import * as hb from "hornbeam";
import { serveModel } from "hornbeam/worker";

serveModel(() => {
  throw new hb.ValueError("no model today");
});
