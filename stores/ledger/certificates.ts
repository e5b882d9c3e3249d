import { z } from "zod";
import { levelOf } from "../../policies/inference/certificates.ts";
import {
  Certificate,
  type CertificateFinding,
  type CertificateSubject,
  type CertificateTerms,
} from "../../state/certificate.ts";
import type { SuiteRef } from "../../state/channels.ts";
import { SettingsError, StoreError } from "../../state/errors.ts";
import { canonicalJson } from "../../state/json.ts";
import { under, type RecordStore } from "../record-store.ts";
import { certificateSpace } from "../spaces.ts";

/**
 * The certificates of a sealed set: every run and branch in the store that has these tasks shares them, and so their error. It is
 * not part of a run's state, which a branch would copy and spend twice, and stays when runs are removed.
 */
export interface Certificates {
  /** All, in the order of their numbers. */
  list(): Promise<Certificate[]>;
  /**
   * The certificate of a thread that has no finding yet, or else a new one with the next number and its level. Where two processes want the same
   * number, one gets the next. The first sets the terms; throws a SettingsError where others are given later, or the planned number is
   * used up.
   */
  begin(subject: CertificateSubject, terms: Partial<CertificateTerms>): Promise<Certificate>;
  /** Stores the finding; a second one is refused. */
  finish(certificate: Certificate, finding: CertificateFinding): Promise<Certificate>;
}

const prefix = "certificate/";
const Stored = z.string().transform((text) => Certificate.parse(JSON.parse(text)));

export function openCertificates(store: RecordStore, sealed: SuiteRef): Certificates {
  const space = certificateSpace(sealed.hash);
  const read = async () => {
    const found = await store.list(space, under(prefix));
    return found.map(({ key, value, version }) => ({ key, version, certificate: Stored.parse(value) }));
  };

  async function reserve(subject: CertificateSubject, given: Partial<CertificateTerms>): Promise<Certificate> {
    const before = (await read()).map(({ certificate }) => certificate);
    const terms = agreedTerms(before, given);
    const index = before.length + 1;
    const certified = before.filter(({ finding }) => finding?.outcome === "certified").length;
    const certificate = { ...subject, index, level: levelOf(terms, { index, certified }), terms, finding: null };
    const key = keyOf(index);
    const put = { [key]: canonicalJson(certificate) };
    const [outcome] = await store.commit([{ space, expect: [[key, "absent"]], put }]);
    return outcome?.committed === true ? certificate : reserve(subject, given);
  }

  return {
    list: async () => (await read()).map(({ certificate }) => certificate),
    async begin(subject, terms) {
      const before = (await read()).map(({ certificate }) => certificate);
      const open = before.find(({ thread, finding }) => thread === subject.thread && finding === null);
      return open ?? reserve(subject, terms);
    },
    async finish(certificate, finding) {
      const key = keyOf(certificate.index);
      const stored = (await read()).find((one) => one.key === key);
      const whole = { ...certificate, finding };
      const [outcome] =
        stored === undefined || stored.certificate.finding !== null
          ? []
          : await store.commit([{ space, expect: [[key, stored.version]], put: { [key]: canonicalJson(whole) } }]);
      if (outcome?.committed === true) return whole;
      throw new StoreError(`Certificate ${certificate.index} was finished by another process. See skillgraph show.`);
    },
  };
}

/** By default an error of .05 over three certificates (ours [R]). */
const defaultTerms: CertificateTerms = { alpha: 0.05, planned: 3 };

/** The terms of the account, which the first certificate sets. */
function agreedTerms([first, ...more]: readonly Certificate[], given: Partial<CertificateTerms>): CertificateTerms {
  if (first === undefined) return { ...defaultTerms, ...given };
  const { terms } = first;
  for (const name of ["alpha", "planned"] as const) {
    if (given[name] === undefined || given[name] === terms[name]) continue;
    throw new SettingsError(
      name,
      `The first certificate on these sealed tasks was made with ${name} = ${terms[name] ?? "unlimited"}, which holds for all; ${given[name] ?? "unlimited"} is given. Leave it out.`,
    );
  }
  const made = more.length + 1;
  if (terms.planned === null || made < terms.planned) return terms;
  throw new SettingsError(
    "planned",
    `All ${terms.planned} planned certificates on these sealed tasks are used up; another one would not keep their error. Seal new tasks, or plan more from the start next time (--planned).`,
  );
}

/** In the order of the numbers. */
function keyOf(index: number): string {
  return `${prefix}${String(index).padStart(8, "0")}`;
}
