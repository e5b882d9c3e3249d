import { randomUUID } from "node:crypto";
import { ReplacedError } from "../../state/errors.ts";
import type { RedisCaller, RedisClient } from "./redis-client.ts";
import { replaced, storeProblem } from "./redis-errors.ts";
import { storeKey } from "./redis-layout.ts";

/** Whether the store is still the one that this process has met: one that is made anew, or put in its place, has another id. */
export interface RedisIdentity {
  /** Before anything is asked of the store. Throws the ReplacedError of what was found before. */
  meet(): Promise<void>;
  /** Asks the server, and gives a store without an id one. Throws a ReplacedError where it is another than before. */
  check(client: RedisClient): Promise<void>;
  /** Throws a ReplacedError for what shows that it is another one. */
  refuse(because: string): never;
  /** Throws the error of a commit. After a ReplacedError nothing more is asked of the store. */
  refuseFrom(this: void, error: unknown): never;
}

export function createRedisIdentity(
  caller: RedisCaller,
  { prefix, url }: { prefix: string; url: string },
): RedisIdentity {
  const key = storeKey(prefix);
  /** Undefined until the store was met, null for one without an id. */
  let known: string | null | undefined;
  let lost: ReplacedError | undefined;

  async function meet(): Promise<void> {
    if (lost !== undefined) throw lost;
    if (known !== undefined) return;
    const found = await caller.call((client) => client.get(key));
    known ??= found;
  }

  function refuseFrom(error: unknown): never {
    if (error instanceof ReplacedError) lost = error;
    throw error;
  }

  const refuse = (because: string): never => refuseFrom(storeProblem(url, replaced, new Error(because)));

  return {
    meet,
    refuse,
    refuseFrom,
    async check(client) {
      if (known === null) await client.setnx(key, randomUUID());
      const found = await client.get(key);
      known ??= found;
      if (found !== known) refuse("the id of the store is another one");
    },
  };
}
