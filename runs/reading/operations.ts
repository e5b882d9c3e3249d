import type { GenerationRecord } from "../../state/evidence.ts";
import { FileLog } from "../../state/file-operation.ts";
import { Hash } from "../../state/json.ts";
import type { Payload } from "../../stores/payload/payload.ts";

/** The operations on files that the candidate of a generation was made by. */
export interface GenerationFiles {
  generation: number;
  operations: FileLog;
}

/** Of the generations whose candidate was made on files, in order. */
export async function fileOperationsOf(
  timeline: readonly GenerationRecord[],
  payload: Pick<Payload, "json">,
): Promise<GenerationFiles[]> {
  const found: GenerationFiles[] = [];
  for (const { generation, candidate } of timeline) {
    const hash = Hash.safeParse(candidate?.extra["operations"]);
    if (hash.success) found.push({ generation, operations: await payload.json(hash.data, FileLog) });
  }
  return found;
}
