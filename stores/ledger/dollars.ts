/** US dollars as a message shows them: cents, or two digits where there are fewer than ten of them. */
export const dollars = (usd: number) => `$${usd === 0 || usd >= 0.1 ? usd.toFixed(2) : Number(usd.toPrecision(2))}`;

/** Sums of floats are compared with this much slack. */
export const slack = 1e-9;
