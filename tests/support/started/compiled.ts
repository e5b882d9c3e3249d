import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = ".skillgraph/tests";
const above = new URL("../../../", import.meta.url);
/** Of the project, also where this file itself was compiled. */
const root = above.pathname.endsWith(`/${folder}/`) ? new URL("../../", above) : above;

/** The compiled command line: `node MAIN WORDS`. */
export const builtCommand = fileURLToPath(new URL("dist/cli/main.js", root));

/** Where `build` puts what it compiles beside the package. */
export const compiledFolder = fileURLToPath(new URL(folder, root));

/** The compiled script of a file of `tests/support` or `examples`, which Node runs without a loader: that takes half the time. */
export function compiled(source: string): string {
  return join(compiledFolder, source.replace(/\.ts$/, ".js"));
}
