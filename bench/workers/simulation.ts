/** CPU of one rollout that takes no time, in milliseconds, by who spends it. */
export interface Costs {
  /** The process of the run. */
  sender: number;
  workers: number;
  redis: number;
}

/** Work for many workers, which are dealt to the stores in turn, as the runs are. */
export interface Scene {
  tasks: number;
  workers: number;
  /** Rollouts under way in one worker. */
  each: number;
  runs: number;
  /** Jobs that a run has in the queue or under way at a time. */
  concurrency: number;
  stores: number;
  /** What an answer takes, in milliseconds: evenly spread over this, half as much more or less. */
  milliseconds: number;
  /** Whether all answers take the same. */
  isEven?: boolean;
}

/** Seconds of the whole, and how busy each kind of place was on average, in 0..1: the busiest of its kind. */
export interface Simulated {
  seconds: number;
  sender: number;
  redis: number;
  /** CPU of workers, and their places for rollouts. */
  workers: number;
  places: number;
}

/** What comes next for a job. */
const stage = { add: 0, queue: 1, take: 2, end: 3, reply: 4, receive: 5 } as const;
const stages = 6;

/** A core that does one thing after the other, in the order in which they come. Milliseconds. */
class Core {
  freeAt = 0;
  busy = 0;

  /** When something that comes at `now` and takes so long is done. */
  use(now: number, cost: number): number {
    this.freeAt = Math.max(this.freeAt, now) + cost;
    this.busy += cost;
    return this.freeAt;
  }
}

interface Run {
  core: Core;
  store: Store;
  /** The next of its jobs, which are every so manieth of all. */
  next: number;
}

interface Store {
  core: Core;
  jobs: Line;
  /** The workers of the free places, a worker as often as it has one. */
  places: Line;
}

const listOf = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, at) => make(at));
const at = <Item>(list: readonly Item[], index: number) => list[index % list.length] as Item;

function build({ workers, each, runs, stores }: Scene) {
  const places = listOf(stores, (): Store => ({ core: new Core(), jobs: createLine(), places: createLine() }));
  for (let place = 0; place < workers * each; place += 1) at(places, place % workers).places.push(place % workers);
  return {
    stores: places,
    workers: listOf(workers, () => new Core()),
    runs: listOf(runs, (run): Run => ({ core: new Core(), store: at(places, run), next: run })),
  };
}

/**
 * Rollouts by many workers, event by event: a run sends a job (half of its cost), its store takes it in (a third of its cost), hands it to a
 * worker with a free place (a third), the worker begins (half), waits for the answer, ends (half), the store has what it wrote (a third),
 * and the run hears of it (half) and sends the next. Every process is one core, as is every redis-server. No failures.
 */
export function simulate(scene: Scene, costs: Costs): Simulated {
  const { tasks, workers, each, milliseconds, isEven = false } = scene;
  const world = build(scene);
  const events = createEvents();
  const doer = new Int32Array(tasks);
  let [done, placeTime] = [0, 0];
  const timeOf = (job: number) => (isEven ? milliseconds : milliseconds * (0.5 + ((job * 0.618_033_988_7) % 1)));
  const push = (time: number, job: number, next: number) => events.push(time, job * stages + next);

  function send(run: Run, now: number): void {
    const job = run.next;
    if (job >= tasks) return;
    run.next += world.runs.length;
    push(run.core.use(now, costs.sender / 2), job, stage.add);
  }

  function match({ core, jobs, places }: Store, now: number): void {
    while (jobs.size() > 0 && places.size() > 0) {
      const job = jobs.shift();
      doer[job] = places.shift();
      push(core.use(now, costs.redis / 3), job, stage.take);
    }
  }

  function go(job: number, what: number, now: number): void {
    const run = at(world.runs, job);
    const { core, jobs, places } = run.store;
    const worker = doer[job] as number;
    const hand = at(world.workers, worker);
    if (what === stage.add) push(core.use(now, costs.redis / 3), job, stage.queue);
    if (what === stage.take) push(hand.use(now, costs.workers / 2) + timeOf(job), job, stage.end);
    if (what === stage.end) push(hand.use(now, costs.workers / 2), job, stage.reply);
    if (what === stage.queue) jobs.push(job);
    if (what === stage.reply) {
      placeTime += costs.workers + timeOf(job);
      places.push(worker);
      push(core.use(now, costs.redis / 3), job, stage.receive);
    }
    if (what === stage.queue || what === stage.reply) match(run.store, now);
    if (what === stage.receive) {
      run.core.use(now, costs.sender / 2);
      done += 1;
      send(run, now);
    }
  }

  for (let index = 0; index < world.runs.length * scene.concurrency; index += 1) send(at(world.runs, index), 0);
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    go(Math.floor(event.code / stages), event.code % stages, event.at);
  }
  if (done < tasks)
    throw new Error(`${tasks - done} of ${tasks} tasks were not done: a store has runs and no workers.`);
  const whole = world.runs.reduce((last, { core }) => Math.max(last, core.freeAt), 0);
  const busiest = (list: readonly Core[]) => list.reduce((most, { busy }) => Math.max(most, busy), 0) / whole;
  return {
    seconds: whole / 1000,
    sender: busiest(world.runs.map(({ core }) => core)),
    redis: busiest(world.stores.map(({ core }) => core)),
    workers: busiest(world.workers),
    places: placeTime / (workers * each * whole),
  };
}

interface Line {
  push(item: number): void;
  shift(): number;
  size(): number;
}

/** First in, first out. */
function createLine(): Line {
  let items: number[] = [];
  let first = 0;
  return {
    push: (item) => void items.push(item),
    shift() {
      const item = items[first] as number;
      first += 1;
      if (first > 10_000 && 2 * first > items.length) [items, first] = [items.slice(first), 0];
      return item;
    },
    size: () => items.length - first,
  };
}

/** What is to come, the earliest first; of those at one time the one with the lower code. A binary heap in two arrays. */
function createEvents() {
  const times: number[] = [];
  const codes: number[] = [];
  const isBefore = (one: number, time: number, code: number) =>
    (times[one] as number) < time || (times[one] === time && (codes[one] as number) < code);
  const move = (from: number, to: number) => {
    times[to] = times[from] as number;
    codes[to] = codes[from] as number;
  };
  const put = (index: number, time: number, code: number) => {
    times[index] = time;
    codes[index] = code;
  };

  /** Where it belongs below the top, whose place is free. */
  function sink(time: number, code: number): number {
    for (let index = 0; ;) {
      let child = 2 * index + 1;
      if (child >= times.length) return index;
      const right = child + 1;
      if (right < times.length && isBefore(right, times[child] as number, codes[child] as number)) child = right;
      if (!isBefore(child, time, code)) return index;
      move(child, index);
      index = child;
    }
  }

  return {
    push(time: number, code: number): void {
      let index = times.length;
      for (let parent = (index - 1) >> 1; index > 0 && !isBefore(parent, time, code); parent = (index - 1) >> 1) {
        move(parent, index);
        index = parent;
      }
      put(index, time, code);
    },
    shift(): { at: number; code: number } | undefined {
      const [first, code] = [times[0], codes[0]];
      const [time, last] = [times.pop(), codes.pop()];
      if (first === undefined || code === undefined || time === undefined || last === undefined) return undefined;
      if (times.length > 0) put(sink(time, last), time, last);
      return { at: first, code };
    },
  };
}
