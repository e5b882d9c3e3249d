import type { Values } from "../../state/archive.ts";
import { permutation, type Draw } from "../../state/draw.ts";

/** The tasks of a plan, as places among those of the stage, in the order they are to be rolled out. */
export interface Plan {
  order: string;
  tasks: number[];
}

/** Behind all scores: a pair that cannot vote decides nothing. */
const lacking = 2;

/** The other's failures first: there a candidate must win, so that it is soon known when it cannot. */
export function failsFirst(values: Values): Plan {
  const tasks = values.map((_, index) => index);
  return {
    order: "fails-first",
    tasks: tasks.toSorted((a, b) => (values[a] ?? lacking) - (values[b] ?? lacking) || a - b),
  };
}

/** A seeded order that no score has a part in, so that the pairs so far are a sample of all; those that cannot vote go last. */
export function anyOrder(values: Values, draw: Draw): Plan {
  const order = permutation(values.length, draw);
  const votes = (place: number) => values[place] !== null;
  return { order: "random", tasks: [...order.filter(votes), ...order.filter((place) => !votes(place))] };
}
