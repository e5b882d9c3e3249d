import type { CertificateTerms } from "../../state/certificate.ts";
import { signFlipP } from "./sign-flip.ts";

/** Stakes that a bet on differences spreads its wealth over [R]. */
const stakes = [0.1, 0.2, 0.3, 0.45, 0.6, 0.8];

/**
 * The wealth that a bet on a positive mean of differences in -1..1 ends with, 1 at the start: the mean over some stakes of the products of 1 + stake x
 * difference. If the mean is not positive, it is expected to be at most 1 (an e-value), so that it reaches 1 / a with probability at most a.
 */
function betOn(differences: readonly number[]): number {
  const wealths = stakes.map((stake) => differences.reduce((wealth, one) => wealth * (1 + stake * one), 1));
  return wealths.reduce((sum, wealth) => sum + wealth, 0) / stakes.length;
}

interface Account {
  /** Number of the certificate, from 1. */
  index: number;
  /** How many before it were certified. */
  certified: number;
}

/**
 * The level of a certificate: an equal share of alpha for a planned number (Bonferroni). Without one e-LOND (Xu & Ramdas 2024):
 * alpha g(t) (R + 1), where R is the number certified before and g(t) = 1 / (t (t + 1)) adds up to 1 [R]; it holds the false discovery rate at alpha
 * under any dependence between the certificates.
 */
export function levelOf({ alpha, planned }: CertificateTerms, { index, certified }: Account): number {
  return planned === null ? (alpha * (certified + 1)) / (index * (index + 1)) : alpha / planned;
}

/** Whether a gain is shown at a level, and by which value: the p-value of the exact test for a planned number, else the wealth of a bet. */
export function certifyGain(
  differences: readonly number[],
  { planned, level }: Pick<CertificateTerms, "planned"> & { level: number },
): { isShown: boolean; value: number } {
  const sum = differences.reduce((total, one) => total + one, 0);
  const value = planned === null ? betOn(differences) : signFlipP(differences);
  return { isShown: sum > 0 && (planned === null ? value >= 1 / level : value <= level), value };
}
