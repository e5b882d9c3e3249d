/**
 * The standard normal distribution function, by its power series around 0 and its continued fraction beyond 3 (Abramowitz & Stegun
 * 26.2.11 and 26.2.14); absolute error below 1e-12.
 */
export function normalCdf(z: number): number {
  const size = Math.abs(z);
  if (size > 38) return z < 0 ? 0 : 1;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (size > 3) {
    let fraction = size;
    for (let place = 80; place > 0; place -= 1) fraction = size + place / fraction;
    const tail = density / fraction;
    return z < 0 ? tail : 1 - tail;
  }
  let [term, sum] = [z, z];
  for (let odd = 3; Math.abs(term) > 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + density * sum;
}

/** The quantile of a probability in (0, 1), by bisection to 1e-12. */
export function normalQuantile(probability: number): number {
  let [low, high] = [-40, 40];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
