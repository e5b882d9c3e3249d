import { runModelCalls } from "./model-calls.ts";

try {
  await runModelCalls(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
