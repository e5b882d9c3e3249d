import { ReplacedError, StoreError } from "../../state/errors.ts";

/** What to do about a problem: wait and try again, on the same connection or a new one, or report it to the user at once. */
type Remedy = "wait" | "reconnect" | "none";

/** What says that it is not the store any more that this process has written to. */
export const replaced =
  "it has lost acknowledged writes: it was restarted, failed over, emptied, or restored from an older copy. This process stopped writing to it. Resume the run from what is still stored; lost answers are paid for again.";

/** Answers of Redis by their code, and codes of the network, with what helps. */
const known: Array<[code: string, remedy: Remedy, text: string]> = [
  ["LOADING", "wait", "it is still loading its data from disk. Wait until it is done."],
  ["BUSY", "wait", "it is busy running a script of another program. Wait for it, or stop it with SCRIPT KILL."],
  ["TRYAGAIN", "wait", "its cluster is moving slots. Wait until that is done."],
  ["CLUSTERDOWN", "wait", "its cluster is down. See CLUSTER INFO on any node."],
  ["MASTERDOWN", "reconnect", "it is a replica that has lost its primary. Use the address of the primary."],
  ["READONLY", "reconnect", "it is a read-only replica. Use the address of the primary."],
  ["NOREPLICAS", "wait", "it has fewer replicas than min-replicas-to-write requires. Restart the missing replicas."],
  [
    "OOM",
    "none",
    "its memory is full. Raise maxmemory or free some memory, then resume; acknowledged writes are kept.",
  ],
  ["MISCONF", "none", "it cannot write to its disk. Free some space there, then resume; acknowledged writes are kept."],
  ["NOAUTH", "none", "it requires a password. Write redis://:PASSWORD@HOST:PORT or redis://USER:PASSWORD@HOST:PORT."],
  ["WRONGPASS", "none", "it rejected the user or password. Check both in the URL."],
  [
    "NOPERM",
    "none",
    "this user lacks permissions that a store needs. Allow +@read +@write +eval +multi +exec +info on its keys.",
  ],
  ["WRONGTYPE", "none", "another program uses keys with the same names. Choose a ?prefix= that is not in use."],
  ["STALE", "none", "this write arrived after a later one. Resume the run from what is stored."],
  ["LOST", "none", replaced],
  ["max number of clients", "wait", "its limit of connections is reached. Raise maxclients, or stop other clients."],
  [
    "DB index is out of range",
    "none",
    "it has no database with this number. Leave the number out, or raise the setting databases.",
  ],
  ["SELECT is not allowed in cluster mode", "none", "a cluster has only database 0. Leave the number out."],
  ["ECONNREFUSED", "reconnect", "connection refused. Start redis-server, or check host and port."],
  ["ENOTFOUND", "reconnect", "unknown host name. Check the host in the URL."],
  ["EAI_AGAIN", "reconnect", "the host name cannot be resolved at the moment. Check the network."],
];

/** Codes of a server whose machine lets it down, which a run waits for. */
const hostCodes = ["OOM", "MISCONF"];

/** What waiting can never fix while a store is opened: the address is wrong, or no server is there. */
const wrongAddress = new Set(["ECONNREFUSED", "ENOTFOUND"]);

export interface Problem {
  remedy: Remedy;
  isAddress: boolean;
  text: string;
}

/** `connection` is the last error of the connection, which says more than that a command was cut short. */
export function problemOf(error: unknown, connection: Error | undefined): Problem {
  // A transaction says only that it was aborted; why is among the errors of its commands.
  const [first = error] = (error as { previousErrors?: unknown[] }).previousErrors ?? [];
  const isAnswer = first instanceof Error && first.name === "ReplyError";
  const told = isAnswer ? first : (connection ?? (first as Error));
  const found = known.find(([code]) => mentions(told, code));
  if (found !== undefined) return { remedy: found[1], isAddress: wrongAddress.has(found[0]), text: found[2] };
  const text = `Redis error: ${told.message}.`;
  if (isAnswer) return { remedy: "none", isAddress: false, text };
  return {
    remedy: error instanceof TypeError || error instanceof RangeError ? "none" : "reconnect",
    isAddress: false,
    text: `the connection was lost (${told.message}). Check that the server is running and reachable.`,
  };
}

/** The cause keeps the message only: errors of ioredis carry the command, which may be the one with the password. */
export function storeProblem(url: string, text: string, error: unknown): StoreError {
  const cause = new Error((error as Error).message);
  if (text === replaced) return new ReplacedError(`The store ${url} cannot be used: ${text}`, { cause });
  const isHostFault = hostCodes.some((code) => text === known.find(([each]) => each === code)?.[2]);
  return new StoreError(`The store ${url} cannot be used: ${text}`, { cause, isHostFault });
}

function mentions(error: Error, code: string): boolean {
  const { message } = error;
  return (error as NodeJS.ErrnoException).code === code || new RegExp(`(^|\\W)${code}($|\\W)`).test(message);
}
