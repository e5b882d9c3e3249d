import { Column, Members, newMember, type Member } from "../../state/archive.ts";
import type { RunState } from "../../state/channels.ts";
import type { Payload } from "./payload.ts";

type Reading = Pick<Payload, "json">;

/** The programs the run keeps; before the first generation has ended, the one it started from. */
export async function membersOf(
  { archive, start }: Pick<RunState, "archive" | "start">,
  payload: Reading,
): Promise<Member[]> {
  return archive === null ? [newMember(start)] : payload.json(archive, Members);
}

/** The scores of a member; the empty column before it was measured. */
export async function openColumn(column: Member["column"], payload: Reading): Promise<Column> {
  return column === null ? {} : payload.json(column, Column);
}
