/** What a generation asks of the model at most, as the parts are set by default and before repairs: calls, and tokens a prompt. */
export const usualEffort = { calls: 38, promptTokens: 24_000 } as const;
