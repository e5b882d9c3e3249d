import { ApprovalRequest } from "../../state/approval.ts";
import type { Runs } from "../session.ts";

/** What the run's last checkpoint waits to be told by a person; null where it waits for nobody. */
export async function approvalAsked({ saver }: Runs, thread: string): Promise<ApprovalRequest | null> {
  const tuple = await saver.getTuple({ configurable: { thread_id: thread } });
  for (const [, channel, value] of tuple?.pendingWrites ?? []) {
    if (channel !== "__interrupt__") continue;
    const [interrupt] = value as Array<{ value?: unknown }>;
    const request = ApprovalRequest.safeParse(interrupt?.value);
    if (request.success) return request.data;
  }
  return null;
}
