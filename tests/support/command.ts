import { fileURLToPath } from "node:url";

/** The compiled command line, for tests that need a process of their own: `node MAIN WORDS`. */
export const builtCommand = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
