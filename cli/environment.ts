import { join } from "node:path";
import { config } from "dotenv";

/** Reads keys and addresses of models from the folder's `.env`. What the environment itself says stays as it is. */
export function readEnvironment(folder: string): void {
  config({ path: join(folder, ".env"), quiet: true, override: false });
}
