import { runModelCalls } from "./model-calls.ts";

await runModelCalls(process.argv.slice(2));
