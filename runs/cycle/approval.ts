import { ApprovalRequest } from "../../state/approval.ts";
import type { Runs } from "../session.ts";

/** The question that the run's last checkpoint asks a person; null where there is none. */
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
