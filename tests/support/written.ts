import { afterEach, beforeEach, vi } from "vitest";

/** What commands have written in the test that runs. */
export interface Written {
  stdout: string;
  stderr: string;
  /** The last line on stdout, read as JSON. */
  result<Result = Record<string, unknown>>(): Result;
}

/** Keeps what the tests of a file write from the terminal, each its own. Called at the top of the file, or of a `describe`. */
export function keepWritten(): Written {
  const written: Written = {
    stdout: "",
    stderr: "",
    result: <Result>() => JSON.parse(written.stdout.trimEnd().split("\n").at(-1) ?? "") as Result,
  };
  beforeEach(() => {
    for (const name of ["stdout", "stderr"] as const) {
      written[name] = "";
      vi.spyOn(process[name], "write").mockImplementation((text) => ((written[name] += String(text)), true));
    }
  });
  afterEach(() => void vi.restoreAllMocks());
  return written;
}
