const unsupported =
  /unsupported|not supported|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed|invalid parameter|extra (?:input|field)|does not support/i;

const fields = ["max_tokens", "max_completion_tokens", "max_output_tokens", "temperature", "top_p", "seed"] as const;

/**
 * What to do where a server does not take one of the settings that a request carried: then it takes no request, until somebody
 * sets it otherwise. Undefined where the refusal is about something else. `all` is what the server said, with its codes.
 */
export function refusedSetting({ param, all }: { param: string | undefined; all: string }): string | undefined {
  if (!unsupported.test(all)) return undefined;
  if (/v1\/responses/.test(all) && /chat\/completions|chat completions/i.test(all))
    return "Add api=responses to the model's settings.";
  const field = fields.find((name) => name === param) ?? (param === undefined ? firstOf(all) : undefined);
  if (field === undefined) return undefined;
  if (field === "max_tokens" || field === "max_completion_tokens") {
    const other = field === "max_tokens" ? "max_completion_tokens" : "max_tokens";
    return `Add token-field=${other} to the model's settings, as in MODEL?max-tokens=500&token-field=${other}; doctor --call shows what the server accepts.`;
  }
  const setting = field === "max_output_tokens" ? "max-tokens" : field.replace("_", "-");
  return `Remove ${setting} from the model's settings, or set a value that the model supports.`;
}

/** The field that is named first is the one that is refused; what may be used instead comes after it. */
function firstOf(text: string): (typeof fields)[number] | undefined {
  const found = fields.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return found.toSorted((one, other) => text.search(`\\b${one}\\b`) - text.search(`\\b${other}\\b`))[0];
}
