// A model's server in a process of its own, so that its work is not counted: node --import tsx server-child.ts LATENCY
import { startModelServer } from "./server.ts";

const server = await startModelServer({ brain: () => ({ text: "delivery" }), latency: Number(process.argv[2]) });
process.stdout.write(`${server.url}\n`);
// It lives as long as whoever started it.
process.stdin.resume().once("end", () => process.exit());
