import { createInterface } from "node:readline/promises";
import type { Approver } from "../../graphs/parts.ts";
import { evidenceText } from "../../runs/words.ts";
import type { Approval, ApprovalRequest } from "../../state/approval.ts";
import { hashJson } from "../../state/json.ts";
import { stderrColors as pc } from "../terminal/colors.ts";
import { clearLine, tell } from "../terminal/door.ts";

/** What a person needs to decide: verdict, evidence, and what the candidate changes. */
export function describeQuestion(request: ApprovalRequest): string {
  const { about, question, candidate, evidence, verdict, reasons, diff } = request;
  const why = reasons.map((reason) => `- ${reason}\n`).join("");
  if (about === "held") return `${pc.bold(question)} ${candidate.operator}: ${verdict.reason}\n${why}${diff}`;
  const counts = evidenceText(evidence);
  const delta = `${verdict.delta >= 0 ? "+" : ""}${verdict.delta.toFixed(3)}`;
  return `${pc.bold(question)} ${candidate.operator}: ${verdict.reason} ${delta}${counts === undefined ? "" : `; ${counts}`}\n${why}${diff}`;
}

interface Answering {
  answer: Approval;
  onAnswer(): void;
  /** Another process has answered meanwhile, and the run asks something else. */
  onOther(): void;
}

/** Answers one question, and no other with it; later ones are asked on the terminal. */
export function answerOnly(asked: ApprovalRequest, { answer, onAnswer, onOther }: Answering): Approver {
  let isAnswered = false;
  return (request, options) => {
    if (isAnswered) return terminalApprover()?.(request, options);
    if (hashJson(request) !== hashJson(asked)) return void onOther();
    isAnswered = true;
    onAnswer();
    return answer;
  };
}

/** Asks on a terminal; undefined where there is none, so that the run waits. */
export function terminalApprover(): Approver | undefined {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  return async (request, { signal }) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // The terminal hands Ctrl-C to the question; it means what it means elsewhere.
    terminal.on("SIGINT", () => process.emit("SIGINT"));
    const closed = new AbortController();
    terminal.once("close", () => closed.abort());
    const gone = AbortSignal.any([signal, closed.signal]);
    try {
      clearLine();
      tell(describeQuestion(request));
      const verb = { accept: "Accept", held: "Measure" }[request.about];
      for (;;) {
        const said = await terminal.question(`${verb} it? [y]es, [n]o, [l]ater: `, { signal: gone });
        const answer = meaningOf(said);
        if (answer !== "unclear") return answer;
      }
    } catch (error) {
      if (gone.aborted) return undefined;
      throw error;
    } finally {
      terminal.close();
    }
  };
}

function meaningOf(said: string): boolean | undefined | "unclear" {
  const word = said.trim().toLowerCase();
  if (["y", "yes"].includes(word)) return true;
  if (["n", "no"].includes(word)) return false;
  return ["l", "later"].includes(word) ? undefined : "unclear";
}
