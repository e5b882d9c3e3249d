/** A tool call as a model makes it: `arguments` is a JSON text. */
export interface BrainCall {
  id: string;
  name: string;
  arguments: string;
}

/** One message of a conversation, whatever the wire format it came in. */
export interface BrainMessage {
  role: "system" | "user" | "assistant" | "tool";
  text: string;
  calls?: BrainCall[];
  /** The call that a tool's message answers. */
  answers?: string;
}

/** All that a model gets to see: what stood in the bytes of one request, and nothing else. */
export interface BrainRequest {
  model: string;
  messages: BrainMessage[];
  tools: Array<{ name: string; description: string; parameters: unknown }>;
  /** The JSON schema the reply must have, where the request asks for one. */
  schema?: unknown;
  temperature?: number;
}

export interface BrainReply {
  text: string;
  calls?: BrainCall[];
}

/** What thinks behind the server: a pure function of the request, so that learning curves arise through HTTP alone. */
export type Brain = (request: BrainRequest) => BrainReply | Promise<BrainReply>;
