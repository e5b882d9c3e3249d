import { ReplacedError, StoreError } from "../../state/errors.ts";

/** What to do about a problem: wait and try again, on the same connection or a new one, or tell the user at once. */
type Remedy = "wait" | "reconnect" | "none";

/** What says that it is not the store any more that this process has written to. */
export const replaced =
  "it has lost changes that it had acknowledged: it was restarted, failed over, emptied, or taken back to an older copy. This process writes nothing more there. Resume from what it still has; answers that are lost are paid for again.";

/** Answers of Redis by their code, and codes of the network, with what helps. */
const known: Array<[code: string, remedy: Remedy, text: string]> = [
  ["LOADING", "wait", "it is still loading its records from disk. Wait until it is done."],
  ["BUSY", "wait", "a script of another program keeps it busy. Wait for it, or stop it with SCRIPT KILL."],
  ["TRYAGAIN", "wait", "its cluster is moving slots. Wait until that is done."],
  ["CLUSTERDOWN", "wait", "its cluster is down. See CLUSTER INFO on any node."],
  ["MASTERDOWN", "reconnect", "it is a replica that has lost its primary. Give the address of the primary."],
  ["READONLY", "reconnect", "it is a read-only replica. Give the address of the primary."],
  ["NOREPLICAS", "wait", "it has fewer replicas than min-replicas-to-write asks for. Bring them back."],
  ["OOM", "none", "its memory is full. Raise maxmemory or free some, and resume; what was acknowledged is kept."],
  ["MISCONF", "none", "it cannot write to its disk. Free some space there, and resume; what was acknowledged is kept."],
  ["NOAUTH", "none", "it asks for a password. Write redis://:PASSWORD@HOST:PORT or redis://USER:PASSWORD@HOST:PORT."],
  ["WRONGPASS", "none", "it does not know this user with this password. Check both in the URL."],
  [
    "NOPERM",
    "none",
    "this user may not do what a store needs. Allow +@read +@write +eval +multi +exec +info on its keys.",
  ],
  ["WRONGTYPE", "none", "another program uses keys of these names. Choose a ?prefix= that nobody else uses."],
  ["STALE", "none", "this change came after a later one. Resume from what is stored."],
  ["LOST", "none", replaced],
  ["max number of clients", "wait", "it has no connection left. Raise maxclients, or stop other clients."],
  ["DB index is out of range", "none", "it has no database of this number. Leave it out, or raise databases."],
  ["SELECT is not allowed in cluster mode", "none", "a cluster has database 0 only. Leave the number out."],
  ["ECONNREFUSED", "reconnect", "nothing listens there. Start redis-server, or check host and port."],
  ["ENOTFOUND", "reconnect", "its host name is not known. Check it."],
  ["EAI_AGAIN", "reconnect", "its host name cannot be looked up now. Check the network."],
];

/** Codes of a server whose machine lets it down, which a run waits for. */
const hostCodes = ["OOM", "MISCONF"];

/** What can never be mended by waiting while a store is opened: the address is wrong, or nobody is there. */
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
  const text = `Redis says: ${told.message}.`;
  if (isAnswer) return { remedy: "none", isAddress: false, text };
  return {
    remedy: error instanceof TypeError || error instanceof RangeError ? "none" : "reconnect",
    isAddress: false,
    text: `the connection to it is lost (${told.message}). Check that it runs and can be reached.`,
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
