import { resolve } from "node:path";
import { writeOutput } from "../../readers/output.ts";
import { SettingsError } from "../../state/errors.ts";

/** Writes the file that a flag names. What fails where the pieces come from is no fault of the file. */
export async function writeWhole(
  flag: string,
  file: string,
  pieces: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  let failure: unknown;
  async function* watched() {
    try {
      yield* pieces;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  try {
    await writeOutput(resolve(file), watched());
  } catch (cause) {
    if (failure !== undefined && cause === failure) throw cause;
    const { message } = cause as Error;
    throw new SettingsError(flag, `--${flag} ${file} cannot be written: ${message}. Give a writable file.`, {
      cause,
    });
  }
}
