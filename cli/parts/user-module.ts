import { dirname } from "node:path";

/** Loads a module of the user's. TypeScript is understood by every Node that is; `skillgraph` in it is this very package. */
export async function loadModule(path: string): Promise<Record<string, unknown>> {
  const { createJiti } = await import("jiti");
  const virtualModules = { skillgraph: await import("../../index.ts") };
  // Its cache would be left in the project or in the folder of temporary files.
  const jiti = createJiti(dirname(path), { fsCache: false, moduleCache: false, interopDefault: false, virtualModules });
  return jiti.import<Record<string, unknown>>(path);
}
