import type { JournaledModel } from "../../../models/journaled-model.ts";
import { createModel } from "../../../models/open-model.ts";

/** A model at a test server, as a user names it; 1 US dollar a million tokens. */
export function createServedModel(url: string, { temperature = 0 } = {}): Promise<JournaledModel> {
  return createModel(`simulated?temperature=${temperature}&price=1/1`, { environment: { OPENAI_BASE_URL: url } });
}
