import { linesOf } from "./lines.ts";
import { longestLine, type Reply, type Request } from "./protocol.ts";

/** A request as it is written: fields that have a default may be left out. */
type Asked<Name extends Request["request"]> = Name extends unknown ? Partial<Request> & { request: Name } : never;

/**
 * The client's end of the bridge: a request on stdout, its reply from stdin. Rejects where a request is refused. What other code of the
 * process writes to stdout goes to stderr from now on.
 */
export function openLink(): (request: Asked<Request["request"]>) => Promise<unknown> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const replies = linesOf(process.stdin, longestLine);
  return async (request) => {
    write(`${JSON.stringify(request)}\n`);
    const { value, done } = await replies.next();
    if (done === true) throw new Error("The bridge is gone.");
    const reply = JSON.parse(value) as Reply;
    if ("error" in reply) throw new Error(`The bridge refused "${request.request}": ${reply.error.message}`);
    return reply.ok;
  };
}
