import { ReplacedError, StoreError } from "../../state/errors.ts";

/** What to do about a problem: wait and try again, on the same connection or a new one, or report it to the user at once. */
type Remedy = "wait" | "reconnect" | "none";

/** What is wrong with a store, and what helps. */
export interface Problem {
  remedy: Remedy;
  text: string;
  /**
   * What waiting cannot fix while a store is opened, as the `address` is wrong or no server is there; what the `host` of the server lets it
   * down with, which a run waits for; or that it has `replaced` the store that this process has written to.
   */
  kind?: "address" | "host" | "replaced";
}

/** What says that it is not the store any more that this process has written to. */
export const replaced: Problem = {
  kind: "replaced",
  remedy: "none",
  text: "it has lost acknowledged writes: it was restarted, failed over, emptied, or restored from an older copy. This process stopped writing to it. Resume the run from what is still stored; lost answers are paid for again.",
};

/** Answers of Redis by their code, and codes of the network. */
const known: Array<[code: string, Problem]> = [
  ["LOADING", { remedy: "wait", text: "it is still loading its data from disk. Wait until it is done." }],
  [
    "BUSY",
    {
      remedy: "wait",
      text: "it is busy running a script of another program. Wait for it, or stop it with SCRIPT KILL.",
    },
  ],
  ["TRYAGAIN", { remedy: "wait", text: "its cluster is moving slots. Wait until that is done." }],
  ["CLUSTERDOWN", { remedy: "wait", text: "its cluster is down. See CLUSTER INFO on any node." }],
  [
    "MASTERDOWN",
    { remedy: "reconnect", text: "it is a replica that has lost its primary. Use the address of the primary." },
  ],
  ["READONLY", { remedy: "reconnect", text: "it is a read-only replica. Use the address of the primary." }],
  [
    "NOREPLICAS",
    {
      remedy: "wait",
      text: "it has fewer replicas than min-replicas-to-write requires. Restart the missing replicas.",
    },
  ],
  [
    "OOM",
    {
      kind: "host",
      remedy: "none",
      text: "its memory is full. Raise maxmemory or free some memory, then resume; acknowledged writes are kept.",
    },
  ],
  [
    "MISCONF",
    {
      kind: "host",
      remedy: "none",
      text: "it cannot write to its disk. Free some space there, then resume; acknowledged writes are kept.",
    },
  ],
  [
    "NOAUTH",
    {
      remedy: "none",
      text: "it requires a password. Write redis://:PASSWORD@HOST:PORT or redis://USER:PASSWORD@HOST:PORT.",
    },
  ],
  ["WRONGPASS", { remedy: "none", text: "it rejected the user or password. Check both in the URL." }],
  [
    "NOPERM",
    {
      remedy: "none",
      text: "this user lacks permissions that a store needs. Allow +@read +@write +eval +multi +exec +info on its keys.",
    },
  ],
  [
    "WRONGTYPE",
    { remedy: "none", text: "another program uses keys with the same names. Choose a ?prefix= that is not in use." },
  ],
  ["STALE", { remedy: "none", text: "this write arrived after a later one. Resume the run from what is stored." }],
  ["LOST", replaced],
  [
    "max number of clients",
    { remedy: "wait", text: "its limit of connections is reached. Raise maxclients, or stop other clients." },
  ],
  [
    "DB index is out of range",
    {
      remedy: "none",
      text: "it has no database with this number. Leave the number out, or raise the setting databases.",
    },
  ],
  [
    "SELECT is not allowed in cluster mode",
    { remedy: "none", text: "a cluster has only database 0. Leave the number out." },
  ],
  [
    "ECONNREFUSED",
    { kind: "address", remedy: "reconnect", text: "connection refused. Start redis-server, or check host and port." },
  ],
  ["ENOTFOUND", { kind: "address", remedy: "reconnect", text: "unknown host name. Check the host in the URL." }],
  ["EAI_AGAIN", { remedy: "reconnect", text: "the host name cannot be resolved at the moment. Check the network." }],
];

/** `connection` is the last error of the connection, which says more than that a command was cut short. */
export function problemOf(error: unknown, connection: Error | undefined): Problem {
  // A transaction says only that it was aborted; why is among the errors of its commands.
  const [first = error] = (error as { previousErrors?: unknown[] }).previousErrors ?? [];
  const isAnswer = first instanceof Error && first.name === "ReplyError";
  const told = isAnswer ? first : (connection ?? (first as Error));
  const found = known.find(([code]) => mentions(told, code));
  if (found !== undefined) return found[1];
  const text = `Redis error: ${told.message}.`;
  if (isAnswer) return { remedy: "none", text };
  return {
    remedy: error instanceof TypeError || error instanceof RangeError ? "none" : "reconnect",
    text: `the connection was lost (${told.message}). Check that the server is running and reachable.`,
  };
}

/** The cause keeps the message only: errors of ioredis carry the command, which may be the one with the password. */
export function storeProblem(url: string, { kind, text }: Problem, error: unknown): StoreError {
  const cause = new Error((error as Error).message);
  if (kind === "replaced") return new ReplacedError(`The store ${url} cannot be used: ${text}`, { cause });
  return new StoreError(`The store ${url} cannot be used: ${text}`, { cause, isHostFault: kind === "host" });
}

function mentions(error: Error, code: string): boolean {
  const { message } = error;
  return (error as NodeJS.ErrnoException).code === code || new RegExp(`(^|\\W)${code}($|\\W)`).test(message);
}
