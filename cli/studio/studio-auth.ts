// Who may use LangGraph's dev server itself: what stands before it, and what keeps its threads.
import { keyHeader } from "./studio-key.ts";
import { readStudioPlace } from "./studio-place.ts";

const { key } = readStudioPlace();

class Refusal extends Error {
  // LangGraph's server makes its response of these two.
  readonly status = 401;
  readonly headers = {};
}

/** As LangGraph's server takes it. */
export const auth = {
  "~handlerCache": {
    authenticate(request: Request): string {
      if (request.headers.get(keyHeader) === key) return "skillgraph";
      throw new Refusal(
        "This server accepts requests from skillgraph only. Use the address that skillgraph studio printed.",
      );
    },
  },
};
