import type { BrainReply, BrainRequest } from "./brain.ts";

/** Tokens as the server counts them: characters over four, rounded up. */
interface Usage {
  inputTokens: number;
  outputTokens: number;
}

/** What a reply is written with, beside itself. */
export interface Letterhead {
  /** Differs from call to call. */
  id: string;
  model: string;
  usage: Usage;
  /** The body of the request, for what a format echoes or makes depend on it. */
  body: Record<string, unknown>;
}

/** One server-sent event; a text stands as it is, anything else as JSON. */
export interface WireEvent {
  event?: string;
  data: unknown;
}

/** A wire format: how a request reads, and how a reply to it is written, at once or as a stream (`stream: true`). */
export interface WireFormat {
  read(body: Record<string, unknown>): BrainRequest;
  whole(reply: BrainReply, head: Letterhead): unknown;
  events(reply: BrainReply, head: Letterhead): WireEvent[];
  /** The body of an error. */
  error(message: string, type: string): unknown;
}

/** A text in pieces of a few characters, as models stream it; an empty one is no piece. */
export function piecesOf(text: string): string[] {
  return text.match(/[\s\S]{1,24}/g) ?? [];
}

/** What is a list, or nothing. */
export function listOf(value: unknown): Array<Record<string, unknown>> {
  return Array.isArray(value) ? (value as Array<Record<string, unknown>>) : [];
}

/** The text of a message's content: itself, or its text parts one after the other. */
export function textOfContent(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map(({ text }) => (typeof text === "string" ? text : ""))
    .join("");
}
