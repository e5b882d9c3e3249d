/**
 * What a generation asks of the model at most, as the parts are set by default and before repairs: calls, those of them that propose edits, the
 * calls of work on files in their place, and tokens of a prompt.
 */
export const usualEffort = { calls: 38, proposing: 5, filesCalls: 24, promptTokens: 24_000 } as const;
