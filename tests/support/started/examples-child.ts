// Runs examples one after the other in one process, as most of the time would go into starting each: examples-child.ts FILES. A line
// of JSON for each that has ended; what is written after the last one has ended is written.
import { pathToFileURL } from "node:url";

const { argv, stdout, stderr } = process;
const write = { stdout: stdout.write.bind(stdout), stderr: stderr.write.bind(stderr) };
for (const file of argv.slice(2)) {
  const told = { file, stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    process[name].write = (text: string | Uint8Array) => ((told[name] += String(text)), true);
  process.argv = [argv[0] as string, file];
  await import(pathToFileURL(file).href).catch((error: Error) => (told.stderr += error.stack));
  write.stdout(`${JSON.stringify(told)}\n`);
}
Object.assign(stdout, { write: write.stdout });
Object.assign(stderr, { write: write.stderr });
