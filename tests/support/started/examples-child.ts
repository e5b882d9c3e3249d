// Runs examples one after the other in one process, as most of the time would go into starting each: examples-child.ts FILES. A line
// of JSON for each that has ended.
import { pathToFileURL } from "node:url";

const [program = ""] = process.argv;
const tell = process.stdout.write.bind(process.stdout);
for (const file of process.argv.slice(2)) {
  const told = { file, stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    process[name].write = (text: string | Uint8Array) => ((told[name] += String(text)), true);
  process.argv = [program, file];
  await import(pathToFileURL(file).href).catch((error: Error) => (told.stderr += error.stack));
  tell(`${JSON.stringify(told)}\n`);
}
