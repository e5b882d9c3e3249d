import { randomUUID } from "node:crypto";
import type { Place, Runs } from "../session.ts";

/** The place of a root run of that name, registered now; where another process was quicker, the one it made. */
export async function newPlace({ registry }: Runs, name: string, thread: string = randomUUID()): Promise<Place> {
  const place = { name, thread, family: thread };
  try {
    await registry.register(place);
    return place;
  } catch (error) {
    // Another process may have made it just now.
    const made = await registry.find(name);
    if (made === undefined) throw error;
    return made;
  }
}
