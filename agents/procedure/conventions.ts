/**
 * How a skill must be written for the procedure agent to follow it, in short, for a model that edits skills. All of the
 * language is in docs/procedure-language.md.
 */
export const procedureConventions = `The agent is a program: it executes the bullets below \`## Rules\` and ignores all other text. The first rule whose
condition holds gives the answer; where none holds, the answer is \`unknown\`. Each bullet is one sentence in exactly one of
these forms, with phrases in double quotes and the answer between backticks, written as it is expected:

- When the message mentions "card" or "lost card", answer \`card\`.
- When the message mentions all of "top" and "up", answer \`top_up\`.
- When the message mentions "refund" and does not mention "fee", answer \`refund\`.
- When the message starts with "how do", answer \`help\`.
- When the message has a number, answer \`amount\`.
- Otherwise, answer \`other\`.

Phrases are compared word by word in lower case; \`"refund*"\` is any word that begins so. Put the more special rule above the
more general one, and \`Otherwise\` last, at most once. Where there is no \`## Rules\` yet, append it.`;
