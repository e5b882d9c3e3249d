import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { JournaledModel } from "../../models/journaled-model.ts";

/** What a judge was sent, and the blocks of data in it by label, as its rules say they are marked. */
export interface Sent {
  rules: string;
  blocks: Record<string, string>;
}

class Scripted extends SimpleChatModel {
  readonly #reply: (messages: BaseMessage[]) => string;

  constructor(reply: (messages: BaseMessage[]) => string) {
    super({});
    this.#reply = reply;
  }

  override _llmType(): string {
    return "scripted";
  }

  override async _call(messages: BaseMessage[]): Promise<string> {
    return this.#reply(messages);
  }
}

/** A judge's model that replies by what it is sent, and keeps it. */
export function createJudgeModel(reply: (sent: Sent) => unknown) {
  const sent: Sent[] = [];
  const chat = new Scripted(([system, asked]) => {
    const one = { rules: system?.text ?? "", blocks: blocksIn(system?.text ?? "", asked?.text ?? "") };
    sent.push(one);
    const said = reply(one);
    return typeof said === "string" ? said : JSON.stringify(said);
  });
  const attempt = (call: (signal: AbortSignal) => Promise<unknown>) => call(new AbortController().signal) as never;
  const model = new JournaledModel({ chat, fingerprint: "scripted@1", priceOf: () => 0.5, attempt });
  return { model, sent };
}

function blocksIn(rules: string, asked: string): Record<string, string> {
  const mark = /<data (\S+) /.exec(rules)?.[1] ?? "";
  const blocks = asked.matchAll(new RegExp(`^<data ${mark} (.*)>\\n([\\s\\S]*?)\\n</data ${mark}>$`, "gm"));
  return Object.fromEntries([...blocks].map(([, label, text]) => [label, text]));
}
