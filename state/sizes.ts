/**
 * How much of what others write is taken. What is longer is refused with a reason, and costs no more than itself: a draft, an
 * answer, a task. Below these sizes every reader takes time and memory linear in what it reads (`npm run chaos -- foreign-text`).
 * All are counts of UTF-16 code units, as `length` counts them.
 */
export const sizes = {
  /** The anchor of one edit, and its text. A skill of the most lines that the specification advises has about as many. */
  anchor: 50_000,
  editText: 50_000,
  /** A file of a skill after edits. One that a user gives may be longer, but no edit may make it longer still. */
  editedFile: 1_000_000,
  /** The answer of an agent. */
  answer: 1_000_000,
  /** One event of the stream of a command, such as the use of a tool with what came of it. */
  event: 4_000_000,
  /** A text or phrase that a sentence of a procedure looks for; a longer one is never found, as no expression of it can be made. */
  lookedFor: 4_000,
  /** Why something is missing. */
  reason: 2_000,
  /** A text is cut into tokens so far; of what is longer the tokens are an estimate. */
  counted: 500_000,
  /** What two tasks are compared by. */
  compared: 200_000,
} as const;
