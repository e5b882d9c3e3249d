import pLimit from "p-limit";
import { draw } from "../../../../state/draw.ts";
import { hashJson } from "../../../../state/json.ts";
import { createMemoryStore } from "../../../../stores/drivers/memory.ts";
import { createAttempts, readHeld, type SessionAttempts } from "../../../../stores/ledger/attempts.ts";
import { createGroupCommit, type GroupCommit } from "../../../../stores/ledger/group-commit.ts";
import { createProcessClock, createVirtualTime } from "../virtual-time.ts";

/** Tasks in virtual time, in processes that something outside ends. */
export interface StormPlan {
  seed: number;
  kills: number;
  concurrency: number;
  /** How long each task takes, in milliseconds. */
  tasks: readonly number[];
  /** How old a process is when it is killed, in milliseconds, by a drawn number in 0..1. */
  ageAt(chance: number): number;
  /** A task that ends the process after so many milliseconds, each time. */
  poison?: { task: number; after: number };
}

export interface StormEnd {
  kills: number;
  /** Ends of the process by the poison. */
  ends: number;
  held: string[];
  answered: number;
}

/** Starts processes over the tasks until all are answered or held: the first `kills` of them are killed from outside. */
export async function simulateStorm(plan: StormPlan): Promise<StormEnd> {
  const store = createMemoryStore();
  const place = { store, family: "storm", run: "storm" };
  const time = createVirtualTime();
  const answered = new Set<number>();
  let [kills, ends] = [0, 0];
  for (let session = 0; session < 10 * plan.kills + 100; session += 1) {
    const clock = createProcessClock(time);
    let tell = (_end: "dead") => {};
    const death = new Promise<"dead">((resolve) => (tell = resolve));
    const die = () => {
      clock.kill();
      tell("dead");
    };
    // A turn of the event loop takes time, as a commit does.
    clock.every(10, () => {});
    if (kills < plan.kills) {
      const age = plan.ageAt(draw(plan.seed, session, "age", 0));
      time.at(time.now() + age, () => {
        if (!clock.isDead) kills += 1;
        die();
      });
    }
    const poisoned = () => {
      if (!clock.isDead) ends += 1;
      die();
    };
    const groupCommit = createGroupCommit(store);
    // What a dead process had still meant to write is not written.
    const commit: GroupCommit = (...changes) => (clock.isDead ? new Promise(() => {}) : groupCommit(...changes));
    const attempts = createAttempts({ ...place, commit, clock, process: `${session}` });
    const work = runSession({ plan, attempts, commit, clock, answered, poisoned }).then(() => "done" as const);
    if ((await time.until(Promise.race([work, death]))) === "done") break;
  }
  const held = (await readHeld(place)).map(({ task }) => task);
  return { kills, ends, held, answered: answered.size };
}

const even = (count: number, length: number) => Array.from({ length: count }, () => length);

const killers: Array<[name: string, ageAt: StormPlan["ageAt"]]> = [
  ["always at the same age", () => 500],
  ["at an even spread of ages", (chance) => 20 + 800 * chance],
  ["at ages without a memory", (chance) => -400 * Math.log(1 - chance)],
  ["at ages from an instant to a minute", (chance) => 60_000 ** chance],
];
const works: Array<[name: string, tasks: number[]]> = [
  ["too long to finish", even(24, 5000)],
  ["short", even(200, 40)],
  ["short but for one", [...even(60, 40), 5000]],
  ["a single one", [5000]],
];

/** Ways to kill a process from outside, with work of several lengths. */
export const storms = killers.flatMap(([killer, ageAt]) =>
  works.map(([work, tasks]) => ({ name: `kills ${killer}, the tasks are ${work}`, ageAt, tasks })),
);

interface SessionNeeds {
  plan: StormPlan;
  attempts: SessionAttempts;
  commit: GroupCommit;
  clock: ReturnType<typeof createProcessClock>;
  answered: Set<number>;
  poisoned(): void;
}

/** As the executor does: those that are suspected last, as many at a time as the concurrency allows. */
async function runSession({ plan, attempts, commit, clock, answered, poisoned }: SessionNeeds): Promise<void> {
  await attempts.open();
  const limit = pLimit(plan.concurrency);
  const open = [...plan.tasks.entries()].filter(([task]) => !answered.has(task));
  const ranked = open.map(([task, length]) => ({ task, length, question: hashJson({ task }) }));
  const ordered = ranked.toSorted(
    (left, right) => attempts.rank(() => left.question) - attempts.rank(() => right.question),
  );
  await Promise.all(
    ordered.map(({ task, length, question }) =>
      limit(async () => {
        if (!(await attempts.begin(question, { suite: "train", task: String(task) }))) return;
        if (plan.poison?.task === task) {
          await clock.sleep(plan.poison.after);
          poisoned();
          await new Promise(() => {});
        }
        await clock.sleep(length);
        answered.add(task);
        await commit(attempts.end(question));
      }),
    ),
  );
}
