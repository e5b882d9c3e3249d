// Writes a file that is never whole: `node output-child.ts PLACE`.
import { writeOutput } from "../../readers/output.ts";

async function* endless() {
  yield "a beginning";
  process.stdout.write("begun\n");
  // Keeps the process alive, and never comes.
  await new Promise(() => setInterval(() => undefined, 1_000));
}

await writeOutput(process.argv[2] as string, endless());
